/* Nice values of a process, a group and a user, across fork and exec; scheduling calls about processes that are not there. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#define TRY(call) (errno = 0, r = (call), printf("%d %d|", r, errno))
int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  int r;
  if (argc > 1) {
    printf("after exec %d\n", getpriority(PRIO_PROCESS, 0));
    return 0;
  }
  int start = getpriority(PRIO_PROCESS, 0);
  TRY(setpriority(PRIO_PROCESS, 0, start + 3));
  printf("%d %d", getpriority(PRIO_PROCESS, 0) - start, getpriority(PRIO_PROCESS, getpid()) - start);
  TRY(nice(2) - start);
  TRY(nice(100));
  TRY(setpriority(PRIO_PROCESS, getpid(), 12));
  if (fork() == 0) {
    printf("child %d ", getpriority(PRIO_PROCESS, 0));
    setpriority(PRIO_PROCESS, 0, 15);
    execl("/proc/self/exe", argv[0], "again", NULL);
    exit(1);
  }
  wait(NULL);
  printf("%d\n", getpriority(PRIO_PROCESS, 0));
  setpgid(0, 0);
  TRY(setpriority(PRIO_PGRP, 0, 14));
  TRY(getpriority(PRIO_PGRP, getpgrp()));
  TRY(getpriority(PRIO_PROCESS, 999999));
  TRY(setpriority(PRIO_PROCESS, 999999, 1));
  TRY(getpriority(7, 0));
  TRY(setpriority(7, 0, 0));
  printf("\n");
  struct sched_param p = {0};
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(0, &set);
  for (int pid = -1; pid < 1000000; pid += 1000000) {
    TRY(sched_getscheduler(pid));
    TRY(sched_getparam(pid, &p));
    TRY(sched_setparam(pid, &p));
    TRY(sched_setscheduler(pid, SCHED_OTHER, &p));
    TRY(sched_getaffinity(pid, sizeof set, &set) > 0 ? 0 : -1);
    TRY(sched_setaffinity(pid, sizeof set, &set));
    printf("\n");
  }
  TRY(sched_getparam(0, NULL));
  TRY(sched_setscheduler(0, -1, &p));
  TRY(sched_setscheduler(0, 77, &p));
  p.sched_priority = 3;
  TRY(sched_setscheduler(0, SCHED_OTHER, &p));
  TRY(sched_setparam(0, &p));
  p.sched_priority = 0;
  TRY(sched_setscheduler(0, SCHED_FIFO, &p));
  printf("\n");
  return 0;
}
