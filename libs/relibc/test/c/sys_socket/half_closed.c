// What poll says of a stream whose other side wrote its last, or is gone.
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void look(const char *what, int fd) {
  struct pollfd p = {fd, POLLIN | POLLOUT};
  poll(&p, 1, 0);
  int plain = p.revents;
  p.events |= POLLRDHUP;
  poll(&p, 1, 0);
  printf("%s %x %x\n", what, plain, p.revents);
}
static void result(const char *what, long got) { printf("%s %ld %s\n", what, got, got < 0 ? strerror(errno) : ""); }

static void connected(int s[2]) {
  struct sockaddr_in a = {AF_INET};
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof a;
  int l = socket(AF_INET, SOCK_STREAM, 0);
  bind(l, (struct sockaddr *)&a, size);
  listen(l, 1);
  getsockname(l, (struct sockaddr *)&a, &size);
  s[0] = socket(AF_INET, SOCK_STREAM, 0);
  connect(s[0], (struct sockaddr *)&a, size);
  s[1] = accept(l, NULL, NULL);
  close(l);
}

int main(void) {
  int s[2], error;
  char text[8];
  socklen_t size = sizeof error;
  signal(SIGPIPE, SIG_IGN);
  look("fresh tcp", socket(AF_INET, SOCK_STREAM, 0));
  look("fresh unix", socket(AF_UNIX, SOCK_STREAM, 0));
  look("datagram", socket(AF_INET, SOCK_DGRAM, 0));

  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  look("unix", s[0]);
  shutdown(s[1], SHUT_WR);
  look("half-closed", s[0]);
  look("its own side", s[1]);
  result("answer", write(s[0], "yes", 3));
  result("read", read(s[1], text, 8));
  result("end", read(s[0], text, 8));
  shutdown(s[0], SHUT_WR);
  look("both", s[0]);
  result("write", write(s[0], "x", 1));
  close(s[1]);
  look("closed", s[0]);

  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  shutdown(s[0], SHUT_RD);
  look("reads no more", s[0]);
  look("its other side", s[1]);
  result("write", write(s[1], "x", 1));

  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  write(s[0], "unread", 6);
  close(s[1]);
  look("closed with unread bytes", s[0]);
  result("read", read(s[0], text, 8));
  result("again", read(s[0], text, 8));
  result("write", write(s[0], "x", 1));

  connected(s);
  look("tcp", s[1]);
  shutdown(s[0], SHUT_WR);
  look("half-closed", s[1]);
  result("answer", write(s[1], "yes", 3));
  result("read", read(s[0], text, 8));
  result("end", read(s[1], text, 8));
  shutdown(s[1], SHUT_WR);
  look("both", s[1]);

  connected(s);
  write(s[1], "last", 4);
  close(s[1]);
  look("closed", s[0]);
  result("read", read(s[0], text, 8));
  result("end", read(s[0], text, 8));
  result("write", write(s[0], "x", 1));
  look("refused", s[0]);
  result("write", write(s[0], "x", 1));
  result("read", read(s[0], text, 8));

  connected(s);
  write(s[1], "kept", 4);
  write(s[0], "unread", 6);
  close(s[1]);
  look("broken off", s[0]);
  result("read", read(s[0], text, 8));
  getsockopt(s[0], SOL_SOCKET, SO_ERROR, &error, &size);
  printf("%s\n", strerror(error));
  result("read", read(s[0], text, 8));
  result("write", write(s[0], "x", 1));

  connected(s);
  struct linger now = {1, 0};
  setsockopt(s[1], SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close(s[1]);
  result("read", read(s[0], text, 8));
  return 0;
}
