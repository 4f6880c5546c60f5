// A socket that is bound already, and other addresses that bind and connect refuse.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void say(const char *what, int result) {
  printf("%s %d %d\n", what, result, result < 0 ? errno : 0);
}
static int bound(int fd, const char *name, int abstract) {
  struct sockaddr_un a = {.sun_family = AF_UNIX};
  strcpy(a.sun_path + abstract, name);
  return bind(fd, (struct sockaddr *)&a, sizeof(sa_family_t) + abstract + strlen(name) + !abstract);
}
static int inet(int fd, int family, int port, int length) {
  struct sockaddr_in a = {.sin_family = family, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  return bind(fd, (struct sockaddr *)&a, length);
}

int main(void) {
  int s = socket(AF_UNIX, SOCK_STREAM, 0), t = socket(AF_UNIX, SOCK_STREAM, 0), u = socket(AF_UNIX, SOCK_DGRAM, 0);
  say("bind", bound(s, "one", 0));
  say("same", bound(s, "one", 0));
  say("other", bound(s, "two", 0));
  say("left", access("two", F_OK));
  say("abstract", bound(s, "corners", 1));
  say("taken", bound(t, "one", 0));
  say("no folder", bound(t, "none/one", 0));
  say("abstract", bound(t, "corners", 1));
  say("again", bound(t, "corners", 1));
  say("path", bound(t, "three", 0));
  say("left", access("three", F_OK));
  say("abstract taken", bound(u, "corners", 1));
  struct sockaddr_un unnamed = {.sun_family = AF_UNIX};
  say("auto bound", bind(s, (struct sockaddr *)&unnamed, sizeof(sa_family_t)));
  say("family", inet(s, AF_INET, 1, 16));
  say("listen", listen(s, 1));
  say("bind listening", bound(s, "four", 0));
  say("file", bound(99, "x", 0));
  say("not a socket", bound(open("file", O_RDWR | O_CREAT, 0600), "x", 0));
  int i = socket(AF_INET, SOCK_STREAM, 0), d = socket(AF_INET, SOCK_DGRAM, 0);
  say("short", inet(i, AF_INET, 0, 8));
  say("family", inet(i, AF_UNIX, 0, 16));
  say("bind", inet(i, AF_INET, 0, 16));
  say("again", inet(i, AF_INET, 0, 16));
  say("listen", listen(d, 1));
  say("accept", accept(d, NULL, NULL));
  say("accept", accept(t, NULL, NULL));
  say("shutdown", shutdown(t, SHUT_RD));
  say("how", shutdown(t, 9));
  struct sockaddr_in far = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x01020304)};
  say("far", bind(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&far, sizeof far));
  struct sockaddr_un gone = {.sun_family = AF_UNIX, .sun_path = "gone"};
  say("connect", connect(t, (struct sockaddr *)&gone, sizeof gone));
  say("send", sendto(u, "x", 1, 0, (struct sockaddr *)&gone, sizeof gone));
  say("unconnected", send(u, "x", 1, 0));
  say("unconnected", send(t, "x", 1, MSG_NOSIGNAL));
  char c;
  say("recv", recv(t, &c, 1, MSG_DONTWAIT));
  say("recv", recv(u, &c, 1, MSG_DONTWAIT));
  say("domain", socket(77, SOCK_STREAM, 0));
  say("type", socket(AF_INET, 77, 0));
  say("protocol", socket(AF_UNIX, SOCK_STREAM, 77));
  say("protocol", socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
  int pair[2];
  say("pair", socketpair(AF_INET, SOCK_STREAM, 0, pair));
  return 0;
}
