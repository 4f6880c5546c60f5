#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
static struct sockaddr_in at;
static int connected;
static void *client(void *x) {
  int s = socket(AF_INET, SOCK_STREAM, 0);
  connected = connect(s, (struct sockaddr *)&at, sizeof at);
  write(s, "over tcp", 8);
  close(s);
  return NULL;
}
int main(void) {
  int s = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  printf("%d\n", setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one));
  printf("%d\n", bind(s, (struct sockaddr *)&at, sizeof at));
  socklen_t size = sizeof at;
  getsockname(s, (struct sockaddr *)&at, &size);
  printf("%d\n", listen(s, 1));
  printf("%d\n", ntohs(at.sin_port) != 0);
  pthread_t t;
  pthread_create(&t, NULL, client, NULL);
  struct sockaddr_in peer;
  size = sizeof peer;
  int c = accept4(s, (struct sockaddr *)&peer, &size, SOCK_CLOEXEC);
  char text[64] = {0};
  pthread_join(t, NULL);
  printf("connect %d\n", connected);
  printf("%zd %s\n", read(c, text, 64), text);
  printf("%zd %s\n", read(c, text, 64), inet_ntoa(peer.sin_addr));
  int u = socket(AF_INET, SOCK_DGRAM, 0), w = socket(AF_INET, SOCK_DGRAM, 0);
  at.sin_port = 0;
  bind(u, (struct sockaddr *)&at, sizeof at);
  size = sizeof at;
  getsockname(u, (struct sockaddr *)&at, &size);
  printf("%zd\n", sendto(w, "udp", 3, 0, (struct sockaddr *)&at, sizeof at));
  printf("%zd %.3s\n", recvfrom(u, text, 64, 0, (struct sockaddr *)&peer, &size), text);
  char b[64];
  struct in_addr a;
  struct in6_addr a6;
  printf("%s %d %d\n", inet_ntop(AF_INET, &at.sin_addr, b, 64), inet_pton(AF_INET, "1.2.3.4", &a), inet_pton(AF_INET, "1.2.3", &a));
  printf("%x %x %d %d\n", ntohl(a.s_addr), ntohl(inet_addr("10.1")), inet_aton("1.2.256", &a), inet_aton("x", &a));
  printf("%d %s\n", inet_pton(AF_INET6, "2001:db8::1:0", &a6), inet_ntop(AF_INET6, &a6, b, 64));
  return 0;
}
