// POSIX message queues: who may open one, the order of messages, waiting, attributes and notification.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char name[64], buffer[8192];

static void say(const char *what, long result) {
  printf("%s %ld %d\n", what, result < 0 ? -1 : result, result < 0 ? errno : 0);
  fflush(stdout);
}
static mqd_t opened(const char *what, mqd_t got) {
  say(what, got < 0 ? -1 : 0);
  return got;
}
static void receive(mqd_t q, size_t size) {
  unsigned priority = 77;
  memset(buffer, 0, 64);
  long got = mq_receive(q, buffer, size, &priority);
  printf("%ld %d %u %s\n", got, got < 0 ? errno : 0, priority, buffer);
  fflush(stdout);
}
static void show(mqd_t q) {
  struct mq_attr a;
  int got = mq_getattr(q, &a);
  if (got < 0) say("attributes", got);
  else printf("attributes %ld %ld %ld %ld\n", a.mq_flags, a.mq_maxmsg, a.mq_msgsize, a.mq_curmsgs);
}
static struct timespec in(long ms) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  t.tv_nsec += ms * 1000000;
  t.tv_sec += t.tv_nsec / 1000000000;
  t.tv_nsec %= 1000000000;
  return t;
}
static void told(int signal, siginfo_t *info, void *context) {
  (void)context;
  printf("signal %d %d %d\n", signal, info->si_code, info->si_value.sival_int);
}
static void woken(int signal) { (void)signal; }

int main(void) {
  char longest[300];
  snprintf(name, sizeof name, "/bootgraph-queue-%d", getpid());
  struct mq_attr a = {.mq_maxmsg = 3, .mq_msgsize = 16}, bad = {.mq_maxmsg = 0, .mq_msgsize = 16}, no_size = {.mq_maxmsg = 1};
  opened("none", mq_open(name, O_RDWR));
  opened("no slash", mq_open(name + 1, O_RDWR | O_CREAT, 0600, &a));
  opened("slashes", mq_open("/a/b", O_RDWR | O_CREAT, 0600, &a));
  opened("root", mq_open("/", O_RDWR | O_CREAT, 0600, &a));
  memset(longest, 'x', 299);
  longest[0] = '/';
  longest[299] = 0;
  opened("long", mq_open(longest, O_RDWR | O_CREAT, 0600, &a));
  opened("no messages", mq_open(name, O_RDWR | O_CREAT, 0600, &bad));
  opened("no size", mq_open(name, O_RDWR | O_CREAT, 0600, &no_size));
  mqd_t q = opened("open", mq_open(name, O_RDWR | O_CREAT, 0600, &a));
  opened("again", mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &a));
  mqd_t reads = mq_open(name, O_RDONLY), writes = mq_open(name, O_WRONLY | O_NONBLOCK);
  struct stat s;
  fstat(q, &s);
  printf("%d %o %d\n", fcntl(q, F_GETFD), s.st_mode, fcntl(writes, F_GETFL) & O_NONBLOCK);
  show(q);
  show(writes);
  say("send", mq_send(q, "low", 4, 1));
  say("send", mq_send(q, "high", 5, 9));
  say("send", mq_send(writes, "low too", 8, 1));
  show(reads);
  say("full", mq_send(writes, "no", 3, 1));
  say("too long", mq_send(writes, buffer, 17, 1));
  say("priority", mq_send(q, "no", 3, 32768));
  say("read only", mq_send(reads, "no", 3, 1));
  struct timespec soon = in(20), wrong = {.tv_nsec = 1000000000};
  say("timed", mq_timedsend(q, "no", 3, 1, &soon));
  say("wrong time", mq_timedsend(q, "no", 3, 1, &wrong));
  struct pollfd p[] = {{q, POLLIN | POLLOUT, 0}};
  printf("poll %d", poll(p, 1, 0));
  printf(" %d\n", p[0].revents);
  receive(q, 15);
  receive(writes, 16);
  receive(q, 16);
  receive(reads, 100);
  printf("poll %d", poll(p, 1, 0));
  printf(" %d\n", p[0].revents);
  receive(q, 16);
  printf("poll %d", poll(p, 1, 0));
  printf(" %d\n", p[0].revents);
  soon = in(20);
  say("timed", mq_timedreceive(q, buffer, 16, NULL, &soon));
  say("wrong time", mq_timedreceive(q, buffer, 16, NULL, &wrong));
  say("empty message", mq_send(q, "", 0, 0));
  receive(q, 16);

  struct mq_attr set = {.mq_flags = O_NONBLOCK, .mq_maxmsg = 99}, old;
  say("set", mq_setattr(q, &set, &old));
  printf("%ld %ld %ld\n", old.mq_flags, old.mq_maxmsg, old.mq_curmsgs);
  show(q);
  receive(q, 16);
  set.mq_flags = O_APPEND;
  say("set", mq_setattr(q, &set, NULL));
  set.mq_flags = 0;
  say("set", mq_setattr(q, &set, NULL));

  int child = fork();
  if (child == 0) {
    usleep(20000);
    mq_send(q, "from child", 11, 5);
    _exit(0);
  }
  receive(q, 16);
  waitpid(child, NULL, 0);
  for (int i = 0; i < 3; i++) mq_send(q, "fill", 5, i);
  child = fork();
  if (child == 0) {
    usleep(20000);
    mq_receive(q, buffer, 16, NULL);
    _exit(0);
  }
  say("waited", mq_send(q, "last", 5, 0));
  waitpid(child, NULL, 0);
  while (mq_timedreceive(q, buffer, 16, NULL, &soon) >= 0) puts(buffer);

  signal(SIGALRM, woken);
  siginterrupt(SIGALRM, 1);
  ualarm(20000, 0);
  receive(q, 16);

  struct sigaction action = {.sa_sigaction = told, .sa_flags = SA_SIGINFO};
  sigaction(SIGUSR1, &action, NULL);
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 42};
  say("notify", mq_notify(q, &event));
  say("twice", mq_notify(q, &event));
  say("send", mq_send(q, "told", 5, 0));
  say("send", mq_send(q, "not told", 9, 0));
  say("notify", mq_notify(q, &event));
  receive(q, 16);
  receive(q, 16);
  say("send", mq_send(q, "told", 5, 0));
  receive(q, 16);
  say("notify", mq_notify(q, &event));
  say("no more", mq_notify(q, NULL));
  say("send", mq_send(q, "not told", 9, 0));
  receive(q, 16);
  event.sigev_signo = 99;
  say("signal", mq_notify(q, &event));
  event.sigev_notify = 9;
  say("how", mq_notify(q, &event));
  event.sigev_notify = SIGEV_NONE;
  say("none", mq_notify(q, &event));
  say("file", mq_notify(0, &event));
  say("file", mq_send(0, "x", 1, 0));
  show(0);
  show(99);

  say("unlink", mq_unlink(name));
  say("unlink", mq_unlink(name));
  say("unlink", mq_unlink(name + 1));
  opened("none", mq_open(name, O_RDWR));
  say("still", mq_send(q, "still", 6, 0));
  receive(reads, 16);
  say("close", mq_close(q));
  say("close", mq_close(q));
  mqd_t plain = mq_open(name, O_RDWR | O_CREAT, 0600, NULL);
  show(plain);
  mq_unlink(name);
  return 0;
}
