// What tests need of C: a count of allocations, and fork. No part of the library.
#ifndef TIDEMILL_CTESTSUPPORT_H
#define TIDEMILL_CTESTSUPPORT_H

#include <stdbool.h>
#include <stdint.h>

// Whether this was compiled under a sanitizer, which has a malloc of its own and no fork.
bool ctest_sanitized(void);

// Tests run side by side in one process, so each kind has a count of its own.
enum ctest_count { CTEST_NOTHING, CTEST_RUNS, CTEST_COUNTER, CTEST_SESSIONS, CTEST_LOADERS, CTEST_MODELS,
  CTEST_COUNTS };

// Adds the allocations of the calling thread to a count from now on. Under a sanitizer nothing is
// counted.
void ctest_count_this_thread(enum ctest_count count);

// How often the threads of a count have called malloc and its relatives, free left out.
uint64_t ctest_allocations(enum ctest_count count);

// The kernel's number of the calling thread.
int ctest_thread(void);

// How often the calling thread had to wait for the system to give a page, or to map it.
int64_t ctest_faults(void);

// Runs `body` in a forked child, which exits with its result, and waits for it.
// Returns the exit status, -1 where there is no fork, -2 if a signal ended the child and -3 if it
// took longer than `seconds` and was killed.
int ctest_fork(int (*body)(void *), void *argument, int seconds);

#endif
