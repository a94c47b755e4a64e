#define _GNU_SOURCE

#include "CTestSupport.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int ctest_thread(void) { return (int)gettid(); }

int64_t ctest_faults(void) {
  struct rusage usage;
  return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_minflt + usage.ru_majflt : -1;
}

int ctest_fork(int (*body)(void *), void *argument, int seconds) {
  pid_t child = fork();
  if (child < 0) return -1;
  if (child == 0) _exit(body(argument));
  for (int tries = 0; tries < seconds * 100; tries++) {
    int status;
    if (waitpid(child, &status, WNOHANG) == child) {
      return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
    }
    struct timespec pause = {0, 10 * 1000 * 1000};
    (void)nanosleep(&pause, NULL);
  }
  (void)kill(child, SIGKILL);
  (void)waitpid(child, NULL, 0);
  return -3;
}
