// What tests need of C: a count of allocations, and fork. No part of the library.
#ifndef TIDEMILL_CTESTSUPPORT_H
#define TIDEMILL_CTESTSUPPORT_H

#include <stdbool.h>
#include <stdint.h>

// Whether this was compiled under a sanitizer, which has a malloc of its own and no fork.
bool ctest_sanitized(void);

// Counts the allocations of the calling thread from now on, or no more. Under a sanitizer nothing
// is counted.
void ctest_count_this_thread(bool count);

// How often the counted threads have called malloc and its relatives, free left out.
uint64_t ctest_allocations(void);

// The kernel's number of the calling thread.
int ctest_thread(void);

// Runs `body` in a forked child, which exits with its result, and waits for it.
// Returns the exit status, -1 where there is no fork, -2 if a signal ended the child and -3 if it
// took longer than `seconds` and was killed.
int ctest_fork(int (*body)(void *), void *argument, int seconds);

#endif
