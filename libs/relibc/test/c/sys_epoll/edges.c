// An edge is an event: what arrives is told again, whether the descriptor was drained between two waits, or not read at all.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

static int ep;
static struct epoll_event got[4];
static void add(int fd, unsigned events) {
  struct epoll_event e = {events, {.fd = fd}};
  epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
}
static void again(int fd, unsigned events) {
  struct epoll_event e = {events, {.fd = fd}};
  epoll_ctl(ep, EPOLL_CTL_MOD, fd, &e);
}
static void show(const char *what) {
  int n = epoll_wait(ep, got, 4, 0);
  printf("%s: %d", what, n);
  for (int i = 0; i < n; i++) printf(" %x", got[i].events);
  puts("");
}

static int bell;
static void *ring(void *x) {
  for (int i = 0; i < 3; i++) {
    usleep(5000);
    eventfd_write(bell, 1);
  }
  return NULL;
}

int main(void) {
  int p[2], s[2];
  char text[8];
  ep = epoll_create1(0);
  pipe2(p, O_NONBLOCK);
  add(p[0], EPOLLIN | EPOLLET);
  for (int i = 0; i < 3; i++) {
    write(p[1], "x", 1);
    show("pipe, drained after each");
    while (read(p[0], text, 8) > 0) {}
  }
  for (int i = 0; i < 3; i++) {
    write(p[1], "x", 1);
    show("pipe, never read");
  }
  read(p[0], text, 1);
  show("read a part");

  add(p[1], EPOLLOUT | EPOLLET);
  show("writable");
  show("still");
  close(p[0]);
  show("nobody reads");
  close(p[1]);

  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  add(s[0], EPOLLIN | EPOLLET);
  for (int i = 0; i < 3; i++) {
    write(s[1], "x", 1);
    show("socket");
  }
  read(s[0], text, 1);
  show("read a part");
  again(s[0], EPOLLIN | EPOLLOUT | EPOLLET | EPOLLRDHUP);
  show("armed");
  show("still");
  write(s[1], "y", 1);
  show("more");
  shutdown(s[1], SHUT_WR);
  show("half-closed");
  close(s[1]);
  show("closed");
  int copy = dup(s[0]);
  close(s[0]);
  close(copy);
  show("gone");

  // A counter that wakes a loop and is never read, written by another thread.
  bell = eventfd(0, EFD_NONBLOCK);
  add(bell, EPOLLIN | EPOLLET);
  pthread_t thread;
  pthread_create(&thread, NULL, ring, NULL);
  for (int i = 0; i < 3; i++) printf("rung %d\n", epoll_wait(ep, got, 4, -1));
  pthread_join(thread, NULL);

  // Level-triggered, one at a time: all have their turn, in the order in which they became ready.
  int q[3][2], one = epoll_create1(0);
  for (int i = 0; i < 3; i++) {
    pipe(q[i]);
    struct epoll_event e = {EPOLLIN, {.u32 = i}};
    epoll_ctl(one, EPOLL_CTL_ADD, q[i][0], &e);
  }
  write(q[1][1], "x", 1);
  write(q[2][1], "x", 1);
  write(q[0][1], "x", 1);
  for (int i = 0; i < 7; i++) {
    epoll_wait(one, got, 1, 0);
    printf("%u ", got[0].data.u32);
  }
  puts("");

  // An epoll within an epoll, and none around itself.
  struct epoll_event e = {EPOLLIN | EPOLLET};
  printf("%d\n", epoll_ctl(ep, EPOLL_CTL_ADD, one, &e));
  show("inner");
  write(q[0][1], "x", 1);
  show("inner again");
  int looped = epoll_ctl(one, EPOLL_CTL_ADD, ep, &e);
  printf("%d %s\n", looped, strerror(errno));
  return 0;
}
