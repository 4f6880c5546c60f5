// A writer of datagrams to a queue that is full waits until one is read, whether the two are joined or only know the name.
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MANY = 600 };
static struct sockaddr_un reader = {AF_UNIX, "reader"};
static int sock, how;
static void *write_all(void *x) {
  for (int i = 0; i < MANY; i++) {
    ssize_t sent = how == 0   ? write(sock, &i, sizeof i)
                   : how == 1 ? send(sock, &i, sizeof i, 0)
                              : sendto(sock, &i, sizeof i, 0, (struct sockaddr *)&reader, sizeof reader);
    if (sent != sizeof i) printf("sent %zd\n", sent);
  }
  return NULL;
}
static void read_all(int fd) {
  pthread_t thread;
  pthread_create(&thread, NULL, write_all, NULL);
  usleep(10000);
  int wrong = 0;
  for (int i = 0; i < MANY; i++) {
    int got = -1;
    wrong += read(fd, &got, sizeof got) != sizeof got || got != i;
  }
  pthread_join(thread, NULL);
  printf("%d\n", wrong);
}

int main(void) {
  int pair[2];
  socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
  sock = pair[0];
  read_all(pair[1]);
  socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair);
  sock = pair[0];
  read_all(pair[1]);
  int r = socket(AF_UNIX, SOCK_DGRAM, 0);
  bind(r, (struct sockaddr *)&reader, sizeof reader);
  sock = socket(AF_UNIX, SOCK_DGRAM, 0);
  how = 2;
  read_all(r);
  connect(sock, (struct sockaddr *)&reader, sizeof reader);
  how = 1;
  read_all(r);
  while (send(sock, "x", 1, MSG_DONTWAIT) == 1) {}
  puts(strerror(errno));
  struct pollfd p = {sock, POLLOUT};
  printf("%d\n", poll(&p, 1, 0));
  char large[300000];
  printf("%zd", send(sock, large, sizeof large, MSG_DONTWAIT));
  printf(" %s\n", strerror(errno));
  close(r);
  printf("%zd", send(sock, "x", 1, MSG_DONTWAIT));
  printf(" %s\n", strerror(errno));
  return 0;
}
