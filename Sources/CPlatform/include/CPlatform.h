// The few things of the operating system that Swift has no good name for: futexes, pinning, huge
// pages, a clock. Linux only so far; a port to another system is this folder.
//
// What can fail says so in its result, as an errno value where that helps; errno itself means
// nothing afterwards. Nothing prints or aborts; all are safe from any thread.
#ifndef TIDEMILL_CPLATFORM_H
#define TIDEMILL_CPLATFORM_H

#ifndef __linux__
#error "CPlatform: only Linux so far"
#endif
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- Waiting -------------------------------------------------------------------------------

// Sleeps while the 4-byte aligned 32-bit word is `expected`, until a wake or for at most
// `timeout_ns` nanoseconds (negative: no limit). Private to the process.
// Returns 0 (woken, perhaps without a reason: look at the word again), EAGAIN (the word was another
// one already), ETIMEDOUT or EINTR. Only the kernel reads the word, atomically; the caller orders
// its own accesses.
int tidemill_futex_wait(const void *word, uint32_t expected, int64_t timeout_ns);

// Wakes at most `count` threads that sleep on the word (INT_MAX: all). Returns how many woke.
int tidemill_futex_wake(const void *word, int count);

// Tells the core that this is a spin loop: saves power, and the sibling hyperthread gets the units.
// On Arm `isb`, as `yield` does nothing on cores without SMT.
static inline void tidemill_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb" ::: "memory");
#else
  __asm__ volatile("" ::: "memory");
#endif
}

// Nanoseconds of a clock that never goes back; no system call where the vDSO works.
static inline uint64_t tidemill_nanoseconds(void) {
  struct timespec now = {0, 0};
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// ---- Threads and CPUs ----------------------------------------------------------------------

// Pins the calling thread to one CPU, by the system's number. Returns 0, or EINVAL where the CPU
// is none, is offline or is not allowed.
int tidemill_pin_thread(int cpu);

// The same for another thread of the process, which has not been joined.
int tidemill_pin_other_thread(pthread_t thread, int cpu);

// The CPU that the calling thread runs on at this moment, or -1; no system call where the vDSO works.
int tidemill_current_cpu(void);

// Lists the CPUs a thread may run on, ascending: those of its affinity mask that are in its cpuset.
// `thread` is a kernel thread id; 0 is the calling thread. Writes at most `capacity` numbers.
// Returns how many there are, which may be more than `capacity`, or a negative errno value.
int tidemill_allowed_cpus(int thread, int *cpus, int capacity);

// The same for the process: what its main thread may use. What `taskset` and cpusets restrict is
// seen; what a program does to the affinity of its other threads is not.
int tidemill_process_cpus(int *cpus, int capacity);

// Names the calling thread for debuggers and profilers; cut after 15 bytes.
void tidemill_name_thread(const char *name);

// How often this process is a forked copy since the first call, which has to come before the fork
// that is to be noticed: a pool compares it to know that its threads did not come along.
uint32_t tidemill_fork_generation(void);

// ---- Memory --------------------------------------------------------------------------------

// Bytes in a page.
size_t tidemill_page_size(void);

// Maps zeroed, private memory, aligned to a page; pages come at the first touch, from the NUMA node
// of the thread that touches. With `huge_pages` not 0 and 2 MiB or more, it is aligned to 2 MiB and
// transparent huge pages are asked for: an advice, which the system may leave aside. With less than
// 0 they are declined, so that each page can lie in another NUMA node than the one before.
// Returns NULL for 0 bytes and where there is no memory. `bytes` is rounded up to pages.
void *tidemill_map(size_t bytes, int huge_pages);

// Unmaps what `tidemill_map` returned for the same number of bytes; NULL is nothing to do.
int tidemill_unmap(void *memory, size_t bytes);

// The most memory that this process had resident so far, in bytes; 0 if it cannot be read.
uint64_t tidemill_peak_resident_bytes(void);

// How often this process had to wait for the system to give a page, or to map it, so far.
uint64_t tidemill_page_faults(void);

// ---- Files ---------------------------------------------------------------------------------

// Reads a small file, such as those of procfs and cgroups, whose size is not known before.
// Writes at most `capacity` bytes, without a terminator. Returns how many, or a negative errno
// value: -EFBIG for a file that is longer.
long tidemill_read_file(const char *path, char *buffer, long capacity);

#ifdef __cplusplus
}
#endif
#endif
