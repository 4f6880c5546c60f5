// What epoll_ctl and its kin refuse, and with which error first.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

static void say(const char *what, int result) {
  printf("%s %d %d\n", what, result, result < 0 ? errno : 0);
}

int main(void) {
  int e = epoll_create1(0), ends[2], file = open("file", O_RDWR | O_CREAT, 0600), dir = open(".", O_RDONLY);
  pipe(ends);
  struct epoll_event event = {.events = EPOLLIN};
  say("op", epoll_ctl(e, 7, ends[0], &event));
  say("op 0", epoll_ctl(e, 0, ends[0], &event));
  say("op of file", epoll_ctl(e, 7, file, &event));
  say("op of none", epoll_ctl(e, 7, 99, &event));
  say("op of itself", epoll_ctl(e, 7, e, &event));
  say("no event", epoll_ctl(e, EPOLL_CTL_ADD, ends[0], NULL));
  say("op, no event", epoll_ctl(e, 7, ends[0], NULL));
  say("delete none", epoll_ctl(e, EPOLL_CTL_DEL, ends[0], NULL));
  say("modify none", epoll_ctl(e, EPOLL_CTL_MOD, ends[0], &event));
  say("add", epoll_ctl(e, EPOLL_CTL_ADD, ends[0], &event));
  say("op of added", epoll_ctl(e, 7, ends[0], &event));
  say("add", epoll_ctl(e, EPOLL_CTL_ADD, ends[0], &event));
  say("file", epoll_ctl(e, EPOLL_CTL_ADD, file, &event));
  say("delete file", epoll_ctl(e, EPOLL_CTL_DEL, file, &event));
  say("folder", epoll_ctl(e, EPOLL_CTL_ADD, dir, &event));
  say("itself", epoll_ctl(e, EPOLL_CTL_ADD, e, &event));
  say("no epoll", epoll_ctl(ends[0], EPOLL_CTL_ADD, ends[1], &event));
  say("no epoll, file", epoll_ctl(ends[0], EPOLL_CTL_ADD, file, &event));
  say("none", epoll_ctl(99, EPOLL_CTL_ADD, ends[1], &event));
  say("of none", epoll_ctl(e, EPOLL_CTL_ADD, 99, &event));
  event.events = EPOLLIN | EPOLLEXCLUSIVE;
  say("modify to exclusive", epoll_ctl(e, EPOLL_CTL_MOD, ends[0], &event));
  event.events = EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT;
  say("exclusive once", epoll_ctl(e, EPOLL_CTL_ADD, ends[1], &event));
  say("wait of pipe", epoll_wait(ends[0], &event, 1, 0));
  say("wait for none", epoll_wait(e, &event, 0, 0));
  say("wait for less", epoll_wait(e, &event, -1, 0));
  say("wait of none", epoll_wait(99, &event, 1, 0));
  event.events = EPOLLIN | EPOLLEXCLUSIVE | EPOLLET;
  say("exclusive", epoll_ctl(e, EPOLL_CTL_ADD, ends[1], &event));
  event.events = EPOLLIN;
  say("modify exclusive", epoll_ctl(e, EPOLL_CTL_MOD, ends[1], &event));
  say("create", epoll_create1(7));
  say("create", epoll_create(0));
  say("eventfd", eventfd(0, 7 << 20));
  say("timerfd", timerfd_create(77, 0));
  say("timerfd", timerfd_create(CLOCK_MONOTONIC, 1));
  struct itimerspec spec = {.it_value = {0, 2000000000}};
  int t = timerfd_create(CLOCK_MONOTONIC, 0);
  say("settime", timerfd_settime(t, 0, &spec, NULL));
  spec.it_value.tv_nsec = 0;
  say("settime of pipe", timerfd_settime(ends[0], 0, &spec, NULL));
  say("settime flags", timerfd_settime(t, 64, &spec, NULL));
  say("settime of none", timerfd_settime(99, 0, &spec, NULL));
  char small[4];
  say("short read", read(t, small, 4));
  say("short write", write(eventfd(0, 0), small, 4));
  return 0;
}
