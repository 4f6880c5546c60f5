// Descriptors that go from one process to another with a message (SCM_RIGHTS).
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static char room[CMSG_SPACE(8 * sizeof(int))];

static ssize_t give(int s, const char *text, int n, const int *fds) {
  struct iovec v = {(void *)text, strlen(text)};
  struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = room, .msg_controllen = CMSG_SPACE(n * sizeof(int))};
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(n * sizeof(int));
  memcpy(CMSG_DATA(c), fds, n * sizeof(int));
  return sendmsg(s, &m, 0);
}

/** Says what came, and stores the descriptors of it. */
static int take(const char *what, int s, int size, size_t space, int flags, int *fds) {
  char text[32] = {0};
  struct iovec v = {text, size};
  struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = space ? room : NULL, .msg_controllen = space};
  memset(room, 0, sizeof room);
  ssize_t got = recvmsg(s, &m, flags);
  int n = 0;
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  if (c) {
    n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(fds, CMSG_DATA(c), n * sizeof(int));
  }
  printf("%s: %zd '%s' %d descriptors, control %zu, flags %x\n", what, got, text, n, (size_t)m.msg_controllen, m.msg_flags);
  return n;
}

int main(void) {
  int s[2], p[2], fds[8] = {0}, pipes[8];
  char text[32] = {0};
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  pipe(p);
  fflush(stdout);
  if (fork() == 0) {
    close(p[0]);
    close(p[1]);
    if (take("child", s[1], 1, sizeof room, 0, fds) == 1) write(fds[0], "by the child", 12);
    fflush(stdout);
    _exit(0);
  }
  printf("%zd\n", give(s[0], "F", 1, p + 1));
  close(p[1]);
  wait(NULL);
  printf("%zd", read(p[0], text, 32));
  printf(" %s\n", text);
  printf("%zd\n", read(p[0], text, 32));

  // Two at once, closed on exec where that is asked for; what is on its way lives without its sender.
  pipe(p);
  give(s[0], "two", 2, p);
  close(p[0]);
  close(p[1]);
  take("two", s[1], 32, sizeof room, MSG_CMSG_CLOEXEC, fds);
  printf("%d %d\n", fcntl(fds[0], F_GETFD), fcntl(fds[1], F_GETFD));
  write(fds[1], "round", 5);
  printf("%zd %.5s\n", read(fds[0], text, 32), text);
  take("nothing left", s[1], 0, sizeof room, MSG_DONTWAIT, fds);

  // A read ends behind the message that brought descriptors, and begins before it.
  send(s[0], "ab", 2, 0);
  give(s[0], "cd", 1, fds);
  give(s[0], "ef", 1, fds);
  send(s[0], "gh", 2, 0);
  take("peeked", s[1], 32, sizeof room, MSG_PEEK, pipes);
  take("with what was before", s[1], 32, sizeof room, 0, pipes);
  take("a part", s[1], 1, sizeof room, 0, pipes);
  take("the rest", s[1], 32, sizeof room, 0, pipes);

  // Too little room, none, and readers that do not ask.
  int more[4] = {fds[0], fds[1], fds[0], fds[1]};
  give(s[0], "four", 4, more);
  take("room for one", s[1], 32, CMSG_LEN(sizeof(int)), 0, pipes);
  give(s[0], "none", 1, fds);
  take("no room", s[1], 32, 0, 0, pipes);
  give(s[0], "read", 1, fds);
  printf("%zd\n", read(s[1], text, 32));

  // The last holder of a pipe's end is a message that nobody took.
  pipe(p);
  give(s[0], "lost", 1, p + 1);
  close(p[1]);
  close(s[1]);
  printf("%zd\n", read(p[0], text, 32));

  int d[2];
  socketpair(AF_UNIX, SOCK_DGRAM, 0, d);
  pipe(p);
  give(d[0], "letter", 1, p);
  take("datagram", d[1], 3, sizeof room, 0, fds);
  write(p[1], "x", 1);
  printf("%zd\n", read(fds[0], text, 32));
  int bad = 999;
  printf("%zd", give(d[0], "bad", 1, &bad));
  printf(" %s\n", strerror(errno));

  int file = open("file", O_RDWR | O_CREAT, 0600);
  give(d[0], "file", 1, &file);
  lseek(file, 4, SEEK_SET);
  close(file);
  take("a file", d[1], 32, sizeof room, 0, fds);
  printf("%ld\n", (long)lseek(fds[0], 0, SEEK_CUR));
  return 0;
}
