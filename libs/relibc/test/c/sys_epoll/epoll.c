#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>
static int ep;
static int by_data(const void *a, const void *b) { return ((struct epoll_event *)a)->data.u64 - ((struct epoll_event *)b)->data.u64; }
static void show(const char *what, int timeout) {
  struct epoll_event e[8];
  int n = epoll_wait(ep, e, 8, timeout);
  printf("%s %d", what, n);
  if (n > 0) qsort(e, n, sizeof *e, by_data);
  for (int i = 0; i < n; i++) printf(" [%llx %x]", (unsigned long long)e[i].data.u64, e[i].events);
  puts(n < 0 ? strerror(errno) : "");
}
static int set(int op, int fd, unsigned events, unsigned long long data) {
  struct epoll_event e = {.events = events, .data.u64 = data};
  int got = epoll_ctl(ep, op, fd, &e);
  printf("ctl %d %s\n", got, got ? strerror(errno) : "");
  return got;
}
int main(void) {
  int p[2], s[2];
  char text[16];
  ep = epoll_create1(EPOLL_CLOEXEC);
  printf("%d %d\n", ep >= 0, fcntl(ep, F_GETFD));
  pipe(p);
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  set(EPOLL_CTL_ADD, p[0], EPOLLIN, 0x1122334455667788ull);
  set(EPOLL_CTL_ADD, p[0], EPOLLIN, 1);
  set(EPOLL_CTL_MOD, s[0], EPOLLIN, 1);
  set(EPOLL_CTL_ADD, s[0], EPOLLIN | EPOLLOUT | EPOLLET, 2);
  set(EPOLL_CTL_ADD, 99, EPOLLIN, 1);
  set(EPOLL_CTL_ADD, ep, EPOLLIN, 1);
  set(7, p[0], EPOLLIN, 1);
  int file = open("/tmp", O_RDONLY);
  set(EPOLL_CTL_ADD, file, EPOLLIN, 1);
  show("edge", 0);
  show("nothing", 0);
  show("waited", 10);
  write(p[1], "abc", 3);
  show("pipe", -1);
  show("again", 0);
  read(p[0], text, 16);
  write(s[1], "x", 1);
  show("socket", 100);
  set(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLONESHOT, 3);
  write(p[1], "d", 1);
  show("once", 0);
  show("spent", 0);
  set(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLONESHOT, 4);
  show("armed", 0);
  set(EPOLL_CTL_MOD, p[0], EPOLLIN, 5);
  read(p[0], text, 16);
  fflush(stdout);
  if (fork() == 0) {
    usleep(20000);
    write(p[1], "late", 4);
    _exit(0);
  }
  show("from a child", 5000);
  wait(NULL);
  read(p[0], text, 16);
  close(p[1]);
  show("hung up", 100);
  set(EPOLL_CTL_DEL, p[0], 0, 0);
  set(EPOLL_CTL_DEL, p[0], 0, 0);
  int c = eventfd(3, EFD_NONBLOCK | EFD_CLOEXEC), one = eventfd(2, EFD_SEMAPHORE);
  eventfd_t v;
  set(EPOLL_CTL_ADD, c, EPOLLIN, 10);
  show("counter", 0);
  int got = eventfd_read(c, &v);
  printf("%d %llu", got, (unsigned long long)v);
  got = eventfd_read(c, &v);
  printf(" %d %s\n", got, strerror(errno));
  eventfd_write(c, 5);
  eventfd_write(c, 6);
  eventfd_read(c, &v);
  printf("%llu", (unsigned long long)v);
  eventfd_read(one, &v);
  printf(" %llu", (unsigned long long)v);
  got = eventfd_write(c, ~0ull);
  printf(" %d %s\n", got, strerror(errno));
  got = read(c, text, 4);
  printf("%d %s %d\n", got, strerror(errno), eventfd(0, 0x40000000));
  int t = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  struct itimerspec when = {{0, 10000000}, {0, 20000000}}, left;
  unsigned long long count = 0;
  got = read(t, &count, 8);
  printf("%d %s\n", got, strerror(errno));
  printf("%d\n", timerfd_settime(t, 0, &when, NULL));
  set(EPOLL_CTL_ADD, t, EPOLLIN, 11);
  show("timer", 5000);
  got = read(t, &count, 8);
  printf("%d %d\n", got, count >= 1);
  usleep(60000);
  got = read(t, &count, 8);
  printf("%d %d\n", got, count >= 5);
  timerfd_gettime(t, &left);
  printf("%ld %d\n", left.it_interval.tv_nsec, left.it_value.tv_nsec > 0);
  memset(&when, 0, sizeof when);
  timerfd_settime(t, 0, &when, NULL);
  show("stopped", 50);
  // An interest goes with the last descriptor of what it is in.
  int copy = dup(c);
  eventfd_write(c, 1);
  close(c);
  show("still", 0);
  close(copy);
  show("gone", 0);
  printf("%d %s\n", epoll_wait(file, NULL, 0, 0), strerror(errno));
  return 0;
}
