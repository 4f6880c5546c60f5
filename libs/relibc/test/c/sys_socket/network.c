// The loopback network: ports and addresses, connections that do not wait, datagrams, and who is refused.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void result(const char *what, long got) { printf("%s %ld %s\n", what, got, got < 0 ? strerror(errno) : ""); }
static struct sockaddr_in of(const char *host, int port) {
  struct sockaddr_in a = {AF_INET, htons(port)};
  inet_aton(host, &a.sin_addr);
  return a;
}
static struct sockaddr_in name(int s) {
  struct sockaddr_in a;
  socklen_t size = sizeof a;
  getsockname(s, (struct sockaddr *)&a, &size);
  return a;
}
static int revents(int fd) {
  struct pollfd p = {fd, POLLIN | POLLOUT};
  poll(&p, 1, 1000);
  return p.revents;
}
#define ADDRESS(a) (struct sockaddr *)&a, sizeof a
enum { LARGE = 3 << 18 };
static void *drain(void *fd) {
  char *all = malloc(LARGE);
  long got = recv((long)fd, all, LARGE, MSG_WAITALL);
  for (long i = 0; i < got; i++)
    if (all[i] != (char)(i % 251)) got = -i;
  return (void *)got;
}

static void *wait_for_one(void *fd) {
  return (void *)(long)(accept((long)fd, NULL, NULL) < 0 ? errno : 0);
}

/** Connects twice to a queue for one: the second waits until the first is accepted. */
static void *two(void *address) {
  for (int i = 0; i < 2; i++) {
    int c = socket(AF_UNIX, SOCK_STREAM, 0);
    connect(c, address, sizeof(struct sockaddr_un));
    send(c, i ? "second" : "first", i ? 6 : 5, 0);
  }
  return NULL;
}

int main(void) {
  char text[64];
  signal(SIGPIPE, SIG_IGN);
  result("family", socket(99, SOCK_STREAM, 0));
  result("type", socket(AF_INET, 99, 0));
  result("records", socket(AF_INET, SOCK_SEQPACKET, 0));
  result("protocol", socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
  result("protocol", socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP));
  result("protocol", socket(AF_UNIX, SOCK_STREAM, 5));
  int pair[2];
  result("pair", socketpair(AF_INET, SOCK_STREAM, 0, pair));
  printf("%d\n", socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) >= 0 && socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP) >= 0);

  int s = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in a = of("192.0.2.1", 1), none = of("127.0.0.1", 0);
  struct sockaddr path = {AF_UNIX, "x"};
  result("foreign", bind(s, ADDRESS(a)));
  result("path", bind(s, &path, sizeof(struct sockaddr_in)));
  result("accept before listen", accept(s, NULL, NULL));
  result("listen without bind", listen(s, 0));
  a = name(s);
  printf("%s %d\n", inet_ntoa(a.sin_addr), a.sin_port != 0);
  result("bind after listen", bind(s, ADDRESS(none)));
  int t = socket(AF_INET, SOCK_STREAM, 0);
  result("taken", bind(t, ADDRESS(a)));
  int c = socket(AF_INET, SOCK_STREAM, 0);
  a = of("127.0.0.1", ntohs(a.sin_port));
  result("connect", connect(c, ADDRESS(a)));
  result("twice", connect(c, ADDRESS(a)));
  result("flags", accept4(s, NULL, NULL, 1));
  struct sockaddr_in peer, own = name(c);
  socklen_t size = sizeof peer;
  int k = accept(s, (struct sockaddr *)&peer, &size);
  printf("%d %s\n", peer.sin_port == own.sin_port, inet_ntoa(peer.sin_addr));
  own = name(k);
  printf("%d %s\n", own.sin_port == a.sin_port, inet_ntoa(own.sin_addr));
  result("send", send(c, "hello", 5, 0));
  result("peek", recv(k, text, 3, MSG_PEEK));
  result("peek all", recv(k, text, 64, MSG_PEEK));
  int there;
  ioctl(k, FIONREAD, &there);
  printf("%d\n", there);
  size = sizeof peer;
  result("recvfrom", recvfrom(k, text, 64, 0, (struct sockaddr *)&peer, &size));
  printf("%u\n", size);
  result("nothing", recv(k, text, 64, MSG_DONTWAIT));
  pthread_t thread;
  pthread_create(&thread, NULL, drain, (void *)(long)k);
  char *large = malloc(LARGE);
  for (int i = 0; i < LARGE; i++) large[i] = i % 251;
  result("all of it", send(c, large, LARGE, 0));
  void *got;
  pthread_join(thread, &got);
  printf("%ld\n", (long)got);
  result("fresh send", send(t, "x", 1, 0));
  result("fresh recv", recv(t, text, 1, 0));
  result("fresh shutdown", shutdown(t, SHUT_RD));
  close(s);
  result("refused", connect(t, ADDRESS(a)));

  s = socket(AF_INET, SOCK_STREAM, 0);
  bind(s, ADDRESS(none));
  listen(s, 1);
  a = name(s);
  t = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  result("begins", connect(t, ADDRESS(a)));
  printf("%x\n", revents(t));
  result("done", connect(t, ADDRESS(a)));
  result("twice", connect(t, ADDRESS(a)));
  struct sockaddr_in elsewhere = of("127.0.0.2", ntohs(a.sin_port));
  result("other address", connect(socket(AF_INET, SOCK_STREAM, 0), ADDRESS(elsewhere)));
  close(s);
  t = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  result("begins", connect(t, ADDRESS(a)));
  printf("%x\n", revents(t));
  int error;
  size = sizeof error;
  getsockopt(t, SOL_SOCKET, SO_ERROR, &error, &size);
  printf("%s\n", strerror(error));

  int u = socket(AF_INET, SOCK_DGRAM, 0), w = socket(AF_INET, SOCK_DGRAM, 0);
  bind(u, ADDRESS(none));
  a = name(u);
  result("sendto", sendto(w, "datagram", 8, 0, ADDRESS(a)));
  result("empty", sendto(w, "", 0, 0, ADDRESS(a)));
  result("no address", send(w, "x", 1, 0));
  result("too large", sendto(w, large, 70000, 0, ADDRESS(a)));
  result("listen", listen(w, 1));
  result("accept", accept(w, NULL, NULL));
  result("peek", recv(u, text, 3, MSG_PEEK));
  result("whole length", recv(u, text, 3, MSG_PEEK | MSG_TRUNC));
  struct iovec part = {text, 3};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  result("cut", recvmsg(u, &message, 0));
  printf("%d\n", message.msg_flags == MSG_TRUNC);
  size = sizeof peer;
  result("empty", recvfrom(u, text, 3, MSG_TRUNC, (struct sockaddr *)&peer, &size));
  printf("%s %d\n", inet_ntoa(peer.sin_addr), peer.sin_port != 0 && peer.sin_port == name(w).sin_port);
  result("connect", connect(u, ADDRESS(peer)));
  int stranger = socket(AF_INET, SOCK_DGRAM, 0);
  sendto(stranger, "x", 1, 0, ADDRESS(a));
  result("of a stranger", recv(u, text, 3, MSG_DONTWAIT));
  result("send", send(u, "back", 4, 0));
  result("recv", recv(w, text, 64, 0));
  result("connect", connect(w, ADDRESS(a)));
  close(u);
  result("nobody", send(w, "x", 1, 0));
  printf("%x\n", revents(w));
  result("told", send(w, "x", 1, 0));
  result("and again", send(w, "x", 1, 0));
  result("told", recv(w, text, 1, 0));

  u = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in all = of("0.0.0.0", 0);
  bind(u, ADDRESS(all));
  a = of("127.0.0.3", ntohs(name(u).sin_port));
  result("to all", sendto(u, "x", 1, 0, ADDRESS(a)));
  own = name(u);
  puts(inet_ntoa(own.sin_addr));
  result("from itself", recv(u, text, 1, MSG_DONTWAIT));

  struct sockaddr_in6 six = {AF_INET6};
  size = sizeof six;
  s = socket(AF_INET6, SOCK_STREAM, 0);
  bind(s, ADDRESS(six));
  listen(s, 5);
  getsockname(s, (struct sockaddr *)&six, &size);
  a = of("127.0.0.1", ntohs(six.sin6_port));
  c = socket(AF_INET, SOCK_STREAM, 0);
  result("of version 4", connect(c, ADDRESS(a)));
  k = accept(s, (struct sockaddr *)&six, &size);
  puts(inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof text));
  send(c, "four to six", 11, 0);
  result("read", read(k, text, 64));

  pthread_create(&thread, NULL, wait_for_one, (void *)(long)s);
  usleep(20000);
  result("no more", shutdown(s, SHUT_RD));
  pthread_join(thread, &got);
  printf("who waited %s\n", strerror((long)got));
  result("refused", connect(socket(AF_INET, SOCK_STREAM, 0), ADDRESS(a)));

  struct sockaddr_un queue = {AF_UNIX, "queue"};
  s = socket(AF_UNIX, SOCK_STREAM, 0);
  bind(s, ADDRESS(queue));
  listen(s, 0);
  pthread_create(&thread, NULL, two, &queue);
  for (int i = 0; i < 2; i++) {
    usleep(20000);
    k = accept(s, NULL, NULL);
    memset(text, 0, sizeof text);
    read(k, text, 64);
    puts(text);
  }
  pthread_join(thread, NULL);
  t = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  result("room for one", connect(t, ADDRESS(queue)));
  t = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  result("no room", connect(t, ADDRESS(queue)));
  return 0;
}
