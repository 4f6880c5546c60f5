// Signals that are read from a descriptor.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t own;
static void set(sigset_t *s, int a, int b, int c) {
  sigemptyset(s);
  if (a) sigaddset(s, a);
  if (b) sigaddset(s, b);
  if (c) sigaddset(s, c);
}
static void next(int fd) {
  struct signalfd_siginfo s[4];
  errno = 0;
  ssize_t n = read(fd, s, sizeof s);
  if (n < 0) {
    printf("%zd %s\n", n, strerror(errno));
    return;
  }
  printf("%zd\n", n);
  for (int i = 0; i * (ssize_t)sizeof *s < n; i++)
    printf(" %u code %d own %d status %d int %d ptr %llx\n", s[i].ssi_signo, s[i].ssi_code, s[i].ssi_pid == (unsigned)own, s[i].ssi_status, s[i].ssi_int,
           (unsigned long long)s[i].ssi_ptr);
}
static int ready(int fd) {
  struct pollfd p = {fd, POLLIN | POLLOUT, 0};
  int n = poll(&p, 1, 0);
  return n * 100 + p.revents;
}
static void *later(void *main) {
  usleep(20000);
  pthread_kill(*(pthread_t *)main, SIGUSR2);
  usleep(20000);
  kill(own, SIGUSR1);
  return NULL;
}

int main(void) {
  own = getpid();
  sigset_t s;
  set(&s, SIGUSR1, SIGUSR2, SIGRTMIN + 1);
  sigaddset(&s, SIGCHLD);
  sigprocmask(SIG_BLOCK, &s, NULL);
  set(&s, SIGUSR1, SIGRTMIN + 1, SIGKILL);
  int fd = signalfd(-1, &s, SFD_NONBLOCK | SFD_CLOEXEC);
  printf("%d %x %x\n", fd, fcntl(fd, F_GETFD), fcntl(fd, F_GETFL));
  printf("empty %d\n", ready(fd));
  next(fd);
  kill(own, SIGUSR1);
  kill(own, SIGUSR1);
  kill(own, SIGUSR2);
  printf("one %d\n", ready(fd));
  next(fd);
  next(fd);
  union sigval v = {.sival_ptr = (void *)0x123456789abc};
  sigqueue(own, SIGRTMIN + 1, v);
  v.sival_int = 7;
  sigqueue(own, SIGRTMIN + 1, v);
  raise(SIGUSR1);
  next(fd);
  // The set becomes another one.
  set(&s, SIGUSR2, SIGCHLD, 0);
  printf("%d\n", signalfd(fd, &s, 0) == fd);
  printf("other %d\n", ready(fd));
  next(fd);
  pid_t child = fork();
  if (child == 0) {
    // A child reads signals of its own.
    own = getpid();
    printf("child %d\n", ready(fd));
    raise(SIGUSR2);
    next(fd);
    fflush(stdout);
    _exit(5);
  }
  fcntl(fd, F_SETFL, 0);
  next(fd);
  int status;
  printf("%d %x\n", waitpid(child, &status, 0) == child, status);
  // A thread and a process.
  set(&s, SIGUSR1, SIGUSR2, 0);
  signalfd(fd, &s, 0);
  pthread_t self = pthread_self(), t;
  pthread_create(&t, NULL, later, &self);
  next(fd);
  next(fd);
  pthread_join(t, NULL);
  // What waits for it in an epoll.
  int ep = epoll_create1(0);
  struct epoll_event e = {EPOLLIN | EPOLLET, {.fd = 9}};
  epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
  printf("epoll %d\n", epoll_wait(ep, &e, 1, 0));
  alarm(0);
  kill(own, SIGUSR1);
  printf("epoll %d", epoll_wait(ep, &e, 1, -1));
  printf(" %x %d\n", e.events, e.data.fd);
  printf("epoll %d\n", epoll_wait(ep, &e, 1, 0));
  kill(own, SIGUSR2);
  printf("epoll %d\n", epoll_wait(ep, &e, 1, 0));
  next(fd);
  // A timer.
  struct sigevent how = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value = {.sival_int = 77}};
  timer_t timer;
  timer_create(CLOCK_MONOTONIC, &how, &timer);
  struct itimerspec when = {{0, 0}, {0, 1000000}};
  timer_settime(timer, 0, &when, NULL);
  struct signalfd_siginfo one;
  printf("%zd", read(fd, &one, sizeof one));
  printf(" %u %d %d %d\n", one.ssi_signo, one.ssi_code, one.ssi_int, one.ssi_overrun);
  // One that is dealt with elsewhere is not read.
  raise(SIGUSR1);
  int got;
  sigwait(&s, &got);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  printf("waited %d\n", got);
  next(fd);
  char small[100];
  printf("%zd %s\n", read(fd, small, sizeof small), strerror(errno));
  printf("%zd %s\n", write(fd, small, 8), strerror(errno));
  printf("%d %s\n", signalfd(99, &s, 0), strerror(errno));
  printf("%d %s\n", signalfd(1, &s, 0), strerror(errno));
  printf("%d %s\n", signalfd(-1, &s, 1), strerror(errno));
  close(fd);
  kill(own, SIGUSR1);
  sigpending(&s);
  printf("%d\n", sigismember(&s, SIGUSR1));
  return 0;
}
