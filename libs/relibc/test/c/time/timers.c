#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static volatile int rang, value;
static void ring(int s) { rang++; }
static void told(int s, siginfo_t *i, void *u) {
  rang++;
  value = i->si_code == SI_TIMER ? i->si_value.sival_int : -1;
}
int main(void) {
  struct itimerval v = {{0, 0}, {0, 20000}}, old;
  struct sigaction a = {.sa_handler = ring};
  sigaction(SIGALRM, &a, NULL);
  printf("%d\n", setitimer(ITIMER_REAL, &v, NULL));
  pause();
  printf("%d\n", rang);
  v.it_interval.tv_usec = 10000;
  setitimer(ITIMER_REAL, &v, &old);
  printf("%ld %ld\n", old.it_value.tv_sec, old.it_value.tv_usec);
  while (rang < 4) pause();
  getitimer(ITIMER_REAL, &old);
  printf("%d %ld %d\n", rang, old.it_interval.tv_usec, old.it_value.tv_usec > 0);
  memset(&v, 0, sizeof v);
  setitimer(ITIMER_REAL, &v, &old);
  rang = 0;
  usleep(30000);
  printf("%d\n", rang);
  printf("%d", setitimer(9, &v, NULL));
  printf(" %s\n", strerror(errno));
  v.it_value.tv_usec = 1000000;
  printf("%d", setitimer(ITIMER_REAL, &v, NULL));
  printf(" %s\n", strerror(errno));
  alarm(100);
  getitimer(ITIMER_REAL, &old);
  printf("%d %u\n", old.it_value.tv_sec >= 99 && old.it_value.tv_sec <= 100, alarm(0));
  timer_t t, u;
  struct itimerspec s = {{0, 0}, {0, 5000000}}, was;
  printf("%d\n", timer_create(CLOCK_MONOTONIC, NULL, &t));
  printf("%d\n", timer_settime(t, 0, &s, NULL));
  rang = 0;
  while (!rang) pause();
  timer_gettime(t, &was);
  printf("%d %ld %ld %d\n", rang, was.it_value.tv_nsec, was.it_interval.tv_nsec, timer_getoverrun(t));
  struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 77};
  struct sigaction b = {.sa_sigaction = told, .sa_flags = SA_SIGINFO};
  sigaction(SIGUSR1, &b, NULL);
  printf("%d\n", timer_create(CLOCK_REALTIME, &e, &u));
  clock_gettime(CLOCK_REALTIME, &s.it_value);
  s.it_value.tv_sec++;
  s.it_value.tv_nsec = 0;
  rang = 0;
  printf("%d\n", timer_settime(u, TIMER_ABSTIME, &s, NULL));
  while (!rang) pause();
  printf("%d %d\n", rang, value);
  e.sigev_notify = SIGEV_NONE;
  timer_t n;
  printf("%d\n", timer_create(CLOCK_MONOTONIC, &e, &n));
  s.it_value.tv_sec = 50;
  timer_settime(n, 0, &s, NULL);
  timer_gettime(n, &was);
  printf("%d\n", was.it_value.tv_sec >= 49);
  printf("%d %d %d\n", timer_delete(t), timer_delete(u), timer_delete(n));
  printf("%d", timer_create(99, NULL, &t));
  printf(" %s\n", strerror(errno));
  return 0;
}
