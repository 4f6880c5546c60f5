/* Absolute times are of the clock that the timer was made on, however near they are to its beginning. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static volatile int rings;
static void ring(int signal) { (void)signal; rings++; }

static void descriptor(const char *name, int clock, struct timespec at) {
  int fd = timerfd_create(clock, TFD_NONBLOCK);
  struct itimerspec set = {{0, 0}, at};
  uint64_t count = 0;
  int done = timerfd_settime(fd, TFD_TIMER_ABSTIME, &set, NULL);
  struct timespec little = {0, 20000000};
  nanosleep(&little, NULL);
  ssize_t got = read(fd, &count, sizeof count);
  printf("%s: set %d, read %zd, count %d, again %d\n", name, done, got, (int)count, got < 0 && errno == EAGAIN);
  close(fd);
}

static void process(const char *name, int clock, struct timespec at) {
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
  timer_t timer;
  struct itimerspec set = {{0, 0}, at};
  rings = 0;
  timer_create(clock, &event, &timer);
  int done = timer_settime(timer, TIMER_ABSTIME, &set, NULL);
  struct timespec little = {0, 20000000};
  nanosleep(&little, NULL);
  printf("%s: set %d, rings %d\n", name, done, rings);
  timer_delete(timer);
}

int main(void) {
  signal(SIGUSR1, ring);
  struct timespec now, near = {40, 0}, first = {0, 1};
  clock_gettime(CLOCK_REALTIME, &now);
  struct timespec later = {now.tv_sec + 1000, 0};
  descriptor("wall clock, long ago", CLOCK_REALTIME, near);
  descriptor("wall clock, later", CLOCK_REALTIME, later);
  descriptor("since boot, long ago", CLOCK_MONOTONIC, first);
  descriptor("since boot, later than the wall clock", CLOCK_MONOTONIC, later);
  process("signal, wall clock, long ago", CLOCK_REALTIME, near);
  process("signal, wall clock, later", CLOCK_REALTIME, later);
  process("signal, since boot, later than the wall clock", CLOCK_MONOTONIC, later);
  printf("processor time: %d", timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
  printf(", invalid %d\n", errno == EINVAL);
  return 0;
}
