// Epolls that watch epolls: how deep, from below and from above; circles.
#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

static int watch(int by, int fd) {
  struct epoll_event e = {EPOLLIN};
  return epoll_ctl(by, EPOLL_CTL_ADD, fd, &e) ? errno : 0;
}
static int ready(int ep) {
  struct epoll_event got[4];
  return epoll_wait(ep, got, 4, 0);
}

int main(void) {
  int up[8], down[8], a = epoll_create1(0), b = epoll_create1(0), event = eventfd(0, EFD_NONBLOCK);
  for (int i = 0; i < 8; i++) up[i] = epoll_create1(0), down[i] = epoll_create1(0);
  printf("upwards %d", watch(up[0], event));
  for (int i = 1; i < 8; i++) printf(" %d", watch(up[i], up[i - 1]));
  printf("\ndownwards");
  for (int i = 1; i < 8; i++) printf(" %d", watch(down[i - 1], down[i]));
  printf(" %d\n", watch(down[3], event));
  printf("circle %d %d %d\n", watch(a, b), watch(b, a), watch(a, a));
  eventfd_write(event, 1);
  for (int i = 0; i < 8; i++) printf("%d %d\n", ready(up[i]), ready(down[i]));
}
