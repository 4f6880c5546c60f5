#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>
int main(void) {
  struct timespec a, b, r, nap = {0, 20000000};
  printf("%d\n", clock_gettime(CLOCK_REALTIME, &a));
  printf("%d\n", clock_gettime(CLOCK_MONOTONIC, &a));
  printf("%d\n", nanosleep(&nap, &r));
  clock_gettime(CLOCK_MONOTONIC, &b);
  long ns = (b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec;
  printf("%d\n", ns >= 20000000);
  printf("%d", clock_gettime(99, &a));
  printf(" %s\n", strerror(errno));
  printf("%d %ld\n", clock_getres(CLOCK_MONOTONIC, &r), r.tv_nsec);
  nap.tv_nsec = 1000000000;
  printf("%d", nanosleep(&nap, NULL));
  printf(" %s\n", strerror(errno));
  clock_gettime(CLOCK_MONOTONIC, &b);
  b.tv_nsec = 0;
  printf("%d\n", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &b, NULL));
  struct timeval v;
  printf("%d %d\n", gettimeofday(&v, NULL), time(NULL) - v.tv_sec <= 1);
  printf("%d %u\n", usleep(1000), sleep(0));
  printf("%d %d\n", clock() >= 0, times(&(struct tms){0}) != (clock_t)-1);
  printf("%d\n", timespec_get(&a, TIME_UTC));
  // Sleeping and waiting take as long as they were asked to, and no longer.
  clock_gettime(CLOCK_REALTIME, &a);
  usleep(30000);
  pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t w = PTHREAD_COND_INITIALIZER;
  pthread_mutex_lock(&m);
  clock_gettime(CLOCK_REALTIME, &r);
  r.tv_nsec += 20000000;
  if (r.tv_nsec >= 1000000000) r.tv_nsec -= 1000000000, r.tv_sec++;
  printf("%d\n", pthread_cond_timedwait(&w, &m, &r));
  clock_gettime(CLOCK_REALTIME, &b);
  ns = (b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec;
  printf("%d %d\n", ns >= 50000000, ns < 20000000000);
  int ids[] = {CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, 99};
  for (int i = 0; i < 3; i++) printf("%d", clock_settime(ids[i], &r)), printf(" %s\n", strerror(errno));
  r.tv_nsec = 1000000000;
  printf("%d", clock_settime(CLOCK_REALTIME, &r));
  printf(" %s\n", strerror(errno));
  return 0;
}
