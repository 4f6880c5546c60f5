#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
  for (int p = 0; p < 5; p++) printf("%d %d\n", sched_get_priority_min(p), sched_get_priority_max(p));
  printf("%d %s\n", sched_get_priority_max(77), strerror(errno));
  struct sched_param s = {9};
  printf("%d", sched_getscheduler(0));
  printf(" %d %d\n", sched_getparam(0, &s), s.sched_priority);
  printf("%d %d\n", sched_setscheduler(0, SCHED_OTHER, &s), sched_setparam(0, &s));
  struct timespec t;
  printf("%d\n", sched_rr_get_interval(0, &t));
  cpu_set_t *set = CPU_ALLOC(100);
  size_t size = CPU_ALLOC_SIZE(100);
  CPU_ZERO_S(size, set);
  CPU_SET_S(3, size, set);
  printf("%zu %d\n", size, CPU_COUNT_S(size, set));
  CPU_FREE(set);
  // What depends on the machine is left out: counts of processors and pages, caches, limits of descriptors and processes.
  for (int i = 2; i < 270; i++) {
    if (i == 4 || i == 34 || (i >= 83 && i <= 86) || (i >= 185 && i <= 199) || i == 249 || i == 250) continue;
    errno = 0;
    long v = sysconf(i);
    printf("%d:%ld:%d ", i, v, errno);
  }
  printf("\n%d\n", sysconf(_SC_SIGSTKSZ) >= 2048);
  double load[3] = {-1, -1, -1};
  printf("%d %d\n", getloadavg(load, 3), load[0] >= 0);
  int old = 7;
  printf("%d", pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old));
  printf(" %d", old);
  printf(" %d", pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old));
  printf(" %d", old);
  printf(" %d", pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old));
  printf(" %d", old);
  printf(" %d %d\n", pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, NULL), pthread_setcancelstate(5, &old));
  pthread_testcancel();
  pthread_attr_t a;
  pthread_attr_init(&a);
  printf("%d %d\n", pthread_attr_setscope(&a, PTHREAD_SCOPE_SYSTEM), pthread_attr_setscope(&a, PTHREAD_SCOPE_PROCESS));
  pthread_rwlockattr_t r;
  int kind;
  printf("%d %d", pthread_rwlockattr_init(&r), pthread_rwlockattr_setkind_np(&r, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP));
  pthread_rwlockattr_getkind_np(&r, &kind);
  printf(" %d %d\n", kind, pthread_rwlockattr_setkind_np(&r, 9));
  char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  page[0] = page[4096] = 1;
  unsigned char in[3] = {9, 9, 9};
  printf("%d", mincore(page, 8192, in));
  printf(" %d %d %d\n", in[0] & 1, in[1] & 1, in[2]);
  munmap(page + 4096, 4096);
  printf("%d %s\n", mincore(page, 8192, in), strerror(errno));
  printf("%d %s\n", mincore(page + 1, 10, in), strerror(errno));
  return 0;
}
