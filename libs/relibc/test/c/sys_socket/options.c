// What setsockopt sets, getsockopt asks, and the ones that show.
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void get(const char *what, int s, int level, int option) {
  int value = -77;
  socklen_t size = sizeof value;
  int got = getsockopt(s, level, option, &value, &size);
  printf("%s %d %d %u %s\n", what, got, value, size, got ? strerror(errno) : "");
}
static void set(const char *what, int s, int level, int option, int value) {
  int got = setsockopt(s, level, option, &value, sizeof value);
  printf("set %d %s\n", got, got ? strerror(errno) : "");
  get(what, s, level, option);
}
static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  int s = socket(AF_INET, SOCK_STREAM, 0), d = socket(AF_INET, SOCK_DGRAM, 0), six = socket(AF_INET6, SOCK_STREAM, 0), p[2];
  socketpair(AF_UNIX, SOCK_SEQPACKET, 0, p);
  int each[] = {s, d, six, p[0]};
  for (int i = 0; i < 4; i++) {
    get("type", each[i], SOL_SOCKET, SO_TYPE);
    get("domain", each[i], SOL_SOCKET, SO_DOMAIN);
    get("protocol", each[i], SOL_SOCKET, SO_PROTOCOL);
    get("listens", each[i], SOL_SOCKET, SO_ACCEPTCONN);
    get("error", each[i], SOL_SOCKET, SO_ERROR);
  }
  set("type", s, SOL_SOCKET, SO_TYPE, 2);
  get("reuse", s, SOL_SOCKET, SO_REUSEADDR);
  set("reuse", s, SOL_SOCKET, SO_REUSEADDR, 5);
  set("reuse", s, SOL_SOCKET, SO_REUSEADDR, 0);
  set("keepalive", s, SOL_SOCKET, SO_KEEPALIVE, 1);
  set("broadcast", d, SOL_SOCKET, SO_BROADCAST, 1);
  get("broadcast", s, SOL_SOCKET, SO_BROADCAST);
  get("receive buffer", p[0], SOL_SOCKET, SO_RCVBUF);
  set("receive buffer", s, SOL_SOCKET, SO_RCVBUF, 10000);
  set("receive buffer", s, SOL_SOCKET, SO_RCVBUF, 1);
  set("send buffer", s, SOL_SOCKET, SO_SNDBUF, 10000);
  set("send buffer", d, SOL_SOCKET, SO_SNDBUF, 1);
  get("delay", s, IPPROTO_TCP, TCP_NODELAY);
  set("delay", s, IPPROTO_TCP, TCP_NODELAY, 1);
  set("delay", d, IPPROTO_TCP, TCP_NODELAY, 1);
  set("delay", p[0], IPPROTO_TCP, TCP_NODELAY, 1);
  set("idle", s, IPPROTO_TCP, TCP_KEEPIDLE, 33);
  set("idle", s, IPPROTO_TCP, TCP_KEEPIDLE, 0);
  get("ttl", s, IPPROTO_IP, IP_TTL);
  set("ttl", s, IPPROTO_IP, IP_TTL, 5);
  set("ttl", s, IPPROTO_IP, IP_TTL, 256);
  set("ttl", s, IPPROTO_IP, IP_TTL, -1);
  get("v6 only", six, IPPROTO_IPV6, IPV6_V6ONLY);
  set("v6 only", six, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  set("v6 only", s, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  get("a level", s, 9999, 1);
  char byte = 7;
  socklen_t size = 1;
  printf("%d", getsockopt(s, SOL_SOCKET, SO_TYPE, &byte, &size));
  printf(" %d %u\n", byte, size);
  printf("%d", setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, &byte, 1));
  printf(" %s\n", strerror(errno));
  get("not a socket", open("/dev/null", O_RDWR), SOL_SOCKET, SO_TYPE);
  struct linger l = {1, 7}, kept;
  size = sizeof kept;
  printf("%d", getsockopt(s, SOL_SOCKET, SO_LINGER, &kept, &size));
  printf(" %d %d %u", kept.l_onoff, kept.l_linger, size);
  setsockopt(s, SOL_SOCKET, SO_LINGER, &l, sizeof l);
  getsockopt(s, SOL_SOCKET, SO_LINGER, &kept, &size);
  printf(" %d %d\n", kept.l_onoff, kept.l_linger);

  // Reads and writes that give up.
  int q[2];
  char text[4096] = {0};
  socketpair(AF_UNIX, SOCK_STREAM, 0, q);
  struct timeval t, soon = {0, 40000}, wrong = {0, 1000000};
  size = sizeof t;
  getsockopt(q[0], SOL_SOCKET, SO_RCVTIMEO, &t, &size);
  printf("%ld.%06ld %u\n", (long)t.tv_sec, (long)t.tv_usec, size);
  printf("%d", setsockopt(q[0], SOL_SOCKET, SO_RCVTIMEO, &wrong, sizeof wrong));
  printf(" %s\n", strerror(errno));
  printf("%d\n", setsockopt(q[0], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon));
  getsockopt(q[0], SOL_SOCKET, SO_RCVTIMEO, &t, &size);
  printf("%ld.%06ld\n", (long)t.tv_sec, (long)t.tv_usec);
  long long from = now();
  printf("%zd", recv(q[0], text, 1, 0));
  printf(" %s %d\n", strerror(errno), now() - from >= 39);
  printf("%zd", read(q[0], text, 1));
  printf(" %s\n", strerror(errno));
  setsockopt(q[0], SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon);
  long sent = 0, got;
  while ((got = write(q[0], text, sizeof text)) > 0) sent += got;
  printf("%ld %s %d\n", got, strerror(errno), sent >= 65536);
  struct sockaddr_in a = {AF_INET};
  listen(s, 1);
  setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
  printf("%d", accept(s, NULL, NULL));
  printf(" %s\n", strerror(errno));
  get("listens", s, SOL_SOCKET, SO_ACCEPTCONN);

  // Who is at the other end.
  struct ucred c;
  size = sizeof c;
  getsockopt(q[0], SOL_SOCKET, SO_PEERCRED, &c, &size);
  printf("%d %d %d %u\n", c.pid == getpid(), c.uid == geteuid(), c.gid == getegid(), size);
  getsockopt(s, SOL_SOCKET, SO_PEERCRED, &c, &size);
  printf("%d %d %d\n", c.pid, c.uid, c.gid);
  struct sockaddr_un u = {AF_UNIX, "peer"};
  int h = socket(AF_UNIX, SOCK_STREAM, 0);
  bind(h, (struct sockaddr *)&u, sizeof u);
  listen(h, 1);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    int o = socket(AF_UNIX, SOCK_STREAM, 0);
    connect(o, (struct sockaddr *)&u, sizeof u);
    getsockopt(o, SOL_SOCKET, SO_PEERCRED, &c, &size);
    printf("of the parent %d\n", c.pid == getppid());
    return 0;
  }
  int k = accept(h, NULL, NULL);
  getsockopt(k, SOL_SOCKET, SO_PEERCRED, &c, &size);
  fflush(stdout);
  wait(NULL);
  printf("of the child %d\n", c.pid == child);
  return 0;
}
