#include "CTestSupport.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined(SANITIZED) || !defined(__GLIBC__)
#define COUNTED 0
#else
#define COUNTED 1
#endif

static _Thread_local enum ctest_count counted;
static _Atomic uint64_t allocations[CTEST_COUNTS];

void ctest_count_this_thread(enum ctest_count count) { counted = count; }

uint64_t ctest_allocations(enum ctest_count count) { return atomic_load(&allocations[count]); }

bool ctest_sanitized(void) { return !COUNTED; }

#if COUNTED
// The program's own malloc goes before the C library's, for every library in the process. These
// four are how glibc names what it would have called.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static void note(void) {
  if (counted) atomic_fetch_add_explicit(&allocations[counted], 1, memory_order_relaxed);
}

void *malloc(size_t size) {
  note();
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  note();
  return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
  note();
  return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
  note();
  void *memory = __libc_memalign(alignment, size);
  if (!memory) return ENOMEM;
  *result = memory;
  return 0;
}
#endif
