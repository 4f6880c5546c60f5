#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static volatile int rang, code, value;
static void ring(int s, siginfo_t *i, void *u) {
  rang++;
  code = i->si_code;
  value = i->si_value.sival_int;
}
static long work(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}
/* Computes until the signal has come so often; says whether that took the process work at all: Linux counts it by its ticks. */
static void spin(const char *what, int times) {
  long from = work(CLOCK_PROCESS_CPUTIME_ID);
  rang = 0;
  while (rang < times)
    for (volatile int i = 0; i < 1000; i++) {}
  printf("%s %d\n", what, work(CLOCK_PROCESS_CPUTIME_ID) - from >= 1);
}
int main(void) {
  struct sigaction act = {.sa_sigaction = ring, .sa_flags = SA_SIGINFO};
  int which[] = {ITIMER_VIRTUAL, ITIMER_PROF}, signals[] = {SIGVTALRM, SIGPROF, SIGUSR1};
  struct itimerval set = {{0, 0}, {0, 30000}}, old;
  for (int i = 0; i < 3; i++) sigaction(signals[i], &act, NULL);
  for (int i = 0; i < 2; i++) {
    set.it_interval.tv_usec = 0;
    printf("%d", setitimer(which[i], &set, NULL));
    rang = 0;
    usleep(100000);
    printf(" %d %d", rang, getitimer(which[i], &old));
    printf(" %d\n", old.it_value.tv_sec == 0 && old.it_value.tv_usec > 0 && old.it_value.tv_usec <= 60000);
    spin("once", 1);
    printf("%d\n", code == SI_KERNEL);
    getitimer(which[i], &old);
    printf("%ld %ld\n", (long)old.it_value.tv_sec, (long)old.it_value.tv_usec);
    set.it_interval.tv_usec = 10000;
    setitimer(which[i], &set, NULL);
    fflush(stdout);
    if (fork() == 0) {
      getitimer(which[i], &old);
      _exit(old.it_value.tv_sec != 0 || old.it_value.tv_usec != 0);
    }
    int status;
    wait(&status);
    printf("a child has none: %d\n", status);
    spin("again and again", 4);
    getitimer(which[i], &old);
    printf("%ld\n", (long)old.it_interval.tv_usec);
    struct itimerval none = {0};
    printf("%d", setitimer(which[i], &none, &old));
    printf(" %d\n", old.it_value.tv_usec > 0);
  }
  clockid_t clocks[] = {CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID};
  for (int i = 0; i < 2; i++) {
    timer_t t;
    struct itimerspec s = {{0, 0}, {0, 20000000}}, was;
    struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 50 + i};
    printf("%d", timer_create(clocks[i], &e, &t));
    printf(" %d", timer_settime(t, 0, &s, NULL));
    rang = 0;
    usleep(60000);
    printf(" %d\n", rang);
    spin("timer", 1);
    printf("%d %d\n", code == SI_TIMER, value);
    timer_gettime(t, &was);
    printf("%ld %ld\n", (long)was.it_value.tv_sec, was.it_value.tv_nsec);
    clock_gettime(clocks[i], &s.it_value);
    s.it_value.tv_sec++;
    printf("%d", timer_settime(t, TIMER_ABSTIME, &s, NULL));
    timer_gettime(t, &was);
    printf(" %d %d\n", was.it_value.tv_sec * 1000000000L + was.it_value.tv_nsec > 900000000 && was.it_value.tv_sec <= 1, timer_delete(t));
  }
  printf("%d", setitimer(3, &set, NULL));
  printf(" %s\n", strerror(errno));
  return 0;
}
