// Pairs of SOCK_SEQPACKET: records keep their ends, and the end of the other side is noticed.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  int pair[2];
  char text[16];
  signal(SIGPIPE, SIG_IGN);
  printf("%d\n", socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
  printf("%zd %zd\n", write(pair[0], "first", 5), send(pair[0], "second record", 13, 0));
  ssize_t got = read(pair[1], text, sizeof text);
  printf("%zd %.5s\n", got, text);
  got = read(pair[1], text, 6);
  printf("%zd %.6s\n", got, text);
  printf("%zd %d\n", recv(pair[1], text, sizeof text, MSG_DONTWAIT), errno == EAGAIN);
  struct pollfd poll_ = { pair[1], POLLIN, 0 };
  printf("%d\n", poll(&poll_, 1, 0));
  pid_t child = fork();
  if (child == 0) {
    close(pair[1]);
    write(pair[0], "from the child", 14);
    _exit(0);
  }
  close(pair[0]);
  got = read(pair[1], text, sizeof text);
  printf("%zd %.14s\n", got, text);
  printf("%zd\n", read(pair[1], text, sizeof text));
  waitpid(child, 0, 0);
  printf("%d %d\n", poll(&poll_, 1, 0), (poll_.revents & POLLHUP) != 0);
  printf("%zd %d\n", write(pair[1], "x", 1), errno == EPIPE);
  return 0;
}
