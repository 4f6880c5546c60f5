// What is an event for an edge-triggered descriptor, and what is none.
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

static int ep;
static struct epoll_event got[8];
static void set(int op, int fd, unsigned events) {
  struct epoll_event e = {events, {.fd = fd}};
  if (epoll_ctl(ep, op, fd, &e)) puts(strerror(errno));
}
static void add(int fd, unsigned events) { set(EPOLL_CTL_ADD, fd, events); }
static void show(const char *what) {
  int n = epoll_wait(ep, got, 8, 0);
  printf("%s %d", what, n);
  for (int i = 0; i < n; i++) printf(" %x", got[i].events);
  puts("");
}
static void connected(int s[2]) {
  struct sockaddr_in a = {AF_INET};
  socklen_t size = sizeof a;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int l = socket(AF_INET, SOCK_STREAM, 0);
  bind(l, (struct sockaddr *)&a, size);
  listen(l, 5);
  getsockname(l, (struct sockaddr *)&a, &size);
  s[0] = socket(AF_INET, SOCK_STREAM, 0);
  connect(s[0], (struct sockaddr *)&a, size);
  s[1] = accept(l, NULL, NULL);
  close(l);
}

int main(void) {
  int p[2], s[2];
  char page[4096] = {0};
  signal(SIGPIPE, SIG_IGN);
  ep = epoll_create1(0);

  puts("a pipe that fills");
  pipe2(p, O_NONBLOCK);
  add(p[1], EPOLLOUT | EPOLLET);
  show("empty");
  while (write(p[1], page, sizeof page) > 0) {}
  show("full");
  read(p[0], page, 1);
  show("a byte less");
  read(p[0], page, sizeof page);
  show("a page less");
  while (read(p[0], page, sizeof page) > 0) {}
  show("drained");
  close(p[0]);
  show("closed");
  close(p[1]);

  puts("a connection");
  connected(s);
  add(s[0], EPOLLIN | EPOLLOUT | EPOLLET | EPOLLRDHUP);
  show("new");
  write(s[1], "a", 1);
  show("data");
  show("none");
  write(s[1], "b", 1);
  show("more");
  read(s[0], page, 10);
  show("read");
  write(s[0], "z", 1);
  read(s[1], page, 10);
  show("read by the other");
  shutdown(s[1], SHUT_WR);
  show("half-closed");
  close(s[1]);
  show("closed");
  write(s[0], "x", 1);
  show("refused");
  show("none");
  close(s[0]);

  puts("once");
  connected(s);
  add(s[0], EPOLLIN | EPOLLONESHOT);
  write(s[1], "a", 1);
  show("data");
  write(s[1], "a", 1);
  show("spent");
  set(EPOLL_CTL_MOD, s[0], EPOLLIN | EPOLLONESHOT);
  show("armed");
  close(s[1]);
  show("closed while spent");
  set(EPOLL_CTL_MOD, s[0], 0);
  show("nothing asked");
  close(s[0]);

  puts("a duplicate");
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  add(s[0], 0);
  close(s[1]);
  show("hung up");
  int copy = dup(s[0]);
  close(s[0]);
  show("still open");
  close(copy);
  show("gone");

  puts("a timer that nobody reads, and a counter");
  int t = timerfd_create(CLOCK_MONOTONIC, 0);
  struct itimerspec each = {{0, 2000000}, {0, 1000000}};
  add(t, EPOLLIN | EPOLLET);
  timerfd_settime(t, 0, &each, NULL);
  printf("%d", epoll_wait(ep, got, 8, 1000));
  printf(" %d\n", epoll_wait(ep, got, 8, 20));
  close(t);
  int c = eventfd(0, EFD_NONBLOCK);
  eventfd_t value;
  add(c, EPOLLIN | EPOLLOUT | EPOLLET);
  show("zero");
  eventfd_write(c, 1);
  show("one");
  eventfd_read(c, &value);
  show("read");
  eventfd_write(c, 0xfffffffffffffffe);
  show("full");
  eventfd_read(c, &value);
  show("read");
  close(c);

  puts("an epoll in an epoll");
  int inner = epoll_create1(0);
  struct epoll_event e = {EPOLLIN};
  pipe(p);
  epoll_ctl(inner, EPOLL_CTL_ADD, p[0], &e);
  add(inner, EPOLLIN);
  show("nothing");
  write(p[1], "x", 1);
  show("ready");
  show("still");
  read(p[0], page, 1);
  show("read");
  write(p[1], "x", 1);
  struct pollfd f = {inner, POLLIN};
  printf("%d", poll(&f, 1, 0));
  printf(" %x\n", f.revents);
  fd_set set;
  struct timeval now = {0};
  FD_ZERO(&set);
  FD_SET(inner, &set);
  printf("%d\n", select(inner + 1, &set, NULL, NULL, &now));
  close(inner);

  puts("the order of what became ready, two at a time");
  int q[5][2];
  for (int i = 0; i < 5; i++) {
    pipe(q[i]);
    add(q[i][0], EPOLLIN);
  }
  for (int i = 4; i >= 0; i--) write(q[i][1], "x", 1);
  for (int k = 0; k < 5; k++) {
    int n = epoll_wait(ep, got, 2, 0);
    for (int i = 0; i < n; i++)
      for (int j = 0; j < 5; j++)
        if (q[j][0] == got[i].data.fd) printf("%d ", j);
  }
  puts("");
  return 0;
}
