#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <pthread.h>
static int connected;
static ssize_t answered;
static void *client(void *path) {
  int s = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un a = {AF_UNIX};
  strcpy(a.sun_path, path);
  connected = connect(s, (struct sockaddr *)&a, sizeof a);
  send(s, "hello", 5, 0);
  char t[16] = {0};
  answered = recv(s, t, 16, 0);
  close(s);
  return NULL;
}
int main(void) {
  int pair[2];
  char t[16] = {0};
  printf("%d\n", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  write(pair[0], "ping", 4);
  printf("%zd %s\n", read(pair[1], t, 16), t);
  shutdown(pair[0], SHUT_WR);
  printf("%zd\n", read(pair[1], t, 16));
  socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
  send(pair[0], "one", 3, 0);
  send(pair[0], "three", 5, 0);
  printf("%zd", recv(pair[1], t, 2, 0));
  printf(" %zd\n", recv(pair[1], t, 16, 0));
  struct iovec v[2] = {{"a", 1}, {"bc", 2}};
  struct msghdr m = {.msg_iov = v, .msg_iovlen = 2};
  printf("%zd\n", sendmsg(pair[0], &m, 0));
  struct iovec r = {t, 16};
  m.msg_iov = &r, m.msg_iovlen = 1;
  printf("%zd %.3s\n", recvmsg(pair[1], &m, 0), t);
  int s = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un a = {AF_UNIX, "listening"};
  printf("%d\n", bind(s, (struct sockaddr *)&a, sizeof a));
  printf("%d\n", listen(s, 5));
  pthread_t thread;
  pthread_create(&thread, NULL, client, "listening");
  int c = accept(s, NULL, NULL);
  printf("%d\n", c > s);
  memset(t, 0, 16);
  printf("%zd %s\n", recv(c, t, 16, 0), t);
  send(c, "world", 5, 0);
  pthread_join(thread, NULL);
  printf("connect %d, client got %zd\n", connected, answered);
  struct sockaddr_un b = {AF_UNIX, "nobody"};
  printf("%d", connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&b, sizeof b));
  printf(" %s\n", strerror(errno));
  int type, len = 4;
  getsockopt(s, SOL_SOCKET, SO_ERROR, &type, &len);
  printf("%d\n", type);
  socklen_t size = sizeof b;
  printf("%d %s\n", getsockname(s, (struct sockaddr *)&b, &size), b.sun_path);
  return 0;
}
