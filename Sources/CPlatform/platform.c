#include "CPlatform.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// ---- Waiting -------------------------------------------------------------------------------

int tidemill_futex_wait(const void *word, uint32_t expected, int64_t timeout_ns) {
  struct timespec timeout = {timeout_ns / 1000000000, timeout_ns % 1000000000};
  long status = syscall(
      SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, timeout_ns < 0 ? NULL : &timeout, NULL, 0);
  return status == 0 ? 0 : errno;
}

int tidemill_futex_wake(const void *word, int count) {
  long woken = syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
  return woken < 0 ? 0 : (int)woken;
}

// ---- Threads and CPUs ----------------------------------------------------------------------

// Far above what Linux can be built for (8192), so that a number from a user cannot ask for a
// mask of gigabytes.
enum { most_cpus = 1 << 18 };

int tidemill_pin_thread(int cpu) { return tidemill_pin_other_thread(pthread_self(), cpu); }

int tidemill_current_cpu(void) { return sched_getcpu(); }

int tidemill_pin_other_thread(pthread_t thread, int cpu) {
  if (cpu < 0 || cpu >= most_cpus) return EINVAL;
  if (cpu < CPU_SETSIZE) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    return pthread_setaffinity_np(thread, sizeof one, &one);
  }
  size_t size = CPU_ALLOC_SIZE(cpu + 1);
  cpu_set_t *set = CPU_ALLOC(cpu + 1);
  if (!set) return ENOMEM;
  CPU_ZERO_S(size, set);
  CPU_SET_S(cpu, size, set);
  int status = pthread_setaffinity_np(thread, size, set);
  CPU_FREE(set);
  return status;
}

int tidemill_allowed_cpus(int thread, int *cpus, int capacity) {
  // The kernel answers EINVAL to a mask that is smaller than its own, whose size it does not tell.
  for (int bits = 1024; bits <= most_cpus; bits *= 2) {
    size_t size = CPU_ALLOC_SIZE(bits);
    cpu_set_t *set = CPU_ALLOC(bits);
    if (!set) return -ENOMEM;
    CPU_ZERO_S(size, set);
    if (sched_getaffinity(thread, size, set) == 0) {
      int count = 0;
      for (int cpu = 0; cpu < bits; cpu++) {
        if (!CPU_ISSET_S(cpu, size, set)) continue;
        if (count < capacity) cpus[count] = cpu;
        count++;
      }
      CPU_FREE(set);
      return count;
    }
    int error = errno;
    CPU_FREE(set);
    if (error != EINVAL) return -error;
  }
  return -EINVAL;
}

int tidemill_process_cpus(int *cpus, int capacity) {
  return tidemill_allowed_cpus(getpid(), cpus, capacity);
}

void tidemill_name_thread(const char *name) {
  char cut[16] = {0};
  strncpy(cut, name, sizeof cut - 1);
  (void)pthread_setname_np(pthread_self(), cut);
}

static _Atomic uint32_t generation;
static pthread_once_t generation_once = PTHREAD_ONCE_INIT;

static void count_fork(void) {
  atomic_fetch_add_explicit(&generation, 1, memory_order_relaxed);
}

static void watch_forks(void) {
  (void)pthread_atfork(NULL, NULL, count_fork);
}

uint32_t tidemill_fork_generation(void) {
  (void)pthread_once(&generation_once, watch_forks);
  return atomic_load_explicit(&generation, memory_order_relaxed);
}

// ---- Memory --------------------------------------------------------------------------------

enum { huge_page = 2 << 20 };

size_t tidemill_page_size(void) {
  long size = sysconf(_SC_PAGESIZE);
  return size > 0 ? (size_t)size : 4096;
}

// `bytes` in whole pages; 0 where that is nothing or more than there is address space.
static size_t whole_pages(size_t bytes) {
  size_t page = tidemill_page_size();
  return bytes > SIZE_MAX - 2 * (size_t)huge_page ? 0 : (bytes + page - 1) / page * page;
}

void *tidemill_map(size_t bytes, int huge_pages) {
  size_t wanted = whole_pages(bytes);
  if (wanted == 0) return NULL;
  int huge = huge_pages > 0 && wanted >= huge_page;
  // mmap aligns to pages only: take more, and give back what is before and after.
  size_t taken = huge ? wanted + huge_page : wanted;
  char *start =
      mmap(NULL, taken, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return NULL;
  if (!huge) {
    if (huge_pages < 0) (void)madvise(start, wanted, MADV_NOHUGEPAGE);
    return start;
  }
  size_t before = (huge_page - (uintptr_t)start % huge_page) % huge_page;
  size_t after = huge_page - before;
  if (before) (void)munmap(start, before);
  if (after) (void)munmap(start + before + wanted, after);
  (void)madvise(start + before, wanted, MADV_HUGEPAGE);
  return start + before;
}

int tidemill_unmap(void *memory, size_t bytes) {
  if (!memory) return 0;
  return munmap(memory, whole_pages(bytes)) == 0 ? 0 : errno;
}

uint64_t tidemill_peak_resident_bytes(void) {
  // getrusage keeps the peak of the program that called exec: a small program started by a big one
  // would look big. VmHWM starts again.
  char text[8192];
  long length = tidemill_read_file("/proc/self/status", text, sizeof text - 1);
  if (length > 0) {
    text[length] = 0;
    const char *line = strstr(text, "\nVmHWM:");
    if (line) return strtoull(line + strlen("\nVmHWM:"), NULL, 10) * 1024;
  }
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024 : 0;
}

uint64_t tidemill_page_faults(void) {
  struct rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return (uint64_t)usage.ru_minflt + (uint64_t)usage.ru_majflt;
}

// ---- Files ---------------------------------------------------------------------------------

long tidemill_read_file(const char *path, char *buffer, long capacity) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -errno;
  long length = 0, result;
  for (;;) {
    // One byte more than there is room for tells a file that fits from one that is cut.
    char extra;
    int full = length >= capacity;
    ssize_t count = full ? read(file, &extra, 1)
                         : read(file, buffer + length, (size_t)(capacity - length));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) result = -errno;
    else if (count == 0) result = length;
    else if (full) result = -EFBIG;
    else {
      length += count;
      continue;
    }
    break;
  }
  (void)close(file);
  return result;
}
