#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <unistd.h>
int main(void) {
  struct rlimit l;
  printf("%d\n", getrlimit(RLIMIT_NOFILE, &l));
  printf("%d\n", l.rlim_cur > 0 && l.rlim_cur <= l.rlim_max);
  printf("%d\n", setrlimit(RLIMIT_NOFILE, &l));
  struct rusage u;
  printf("%d\n", getrusage(RUSAGE_SELF, &u));
  unsigned char b[16] = {0}, z[16] = {0};
  printf("%zd %d\n", getrandom(b, 16, 0), memcmp(b, z, 16) != 0);
  printf("%d\n", getentropy(b, 16));
  printf("%lu\n", getauxval(AT_PAGESZ));
  cpu_set_t set;
  printf("%d\n", sched_getaffinity(0, sizeof set, &set));
  printf("%d %d\n", CPU_COUNT(&set) > 0, sched_yield());
  struct sysinfo s;
  printf("%d %d\n", sysinfo(&s), s.totalram > 0);
  printf("%d", prlimit(getpid(), RLIMIT_NOFILE, NULL, &l));
  printf(" %d", prlimit(-1, RLIMIT_NOFILE, NULL, &l));
  printf(" %s\n", strerror(errno));
  return 0;
}
