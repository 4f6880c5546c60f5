#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>
int main(void) {
  int p[2];
  pipe(p);
  struct pollfd f[3] = {{p[0], POLLIN}, {p[1], POLLOUT}, {-1, POLLIN}};
  printf("%d %x %x %x\n", poll(f, 3, 0), f[0].revents, f[1].revents, f[2].revents);
  write(p[1], "x", 1);
  printf("%d %x %x\n", poll(f, 3, -1), f[0].revents, f[1].revents);
  fd_set in, out;
  FD_ZERO(&in);
  FD_ZERO(&out);
  FD_SET(p[0], &in);
  FD_SET(p[1], &out);
  struct timeval t = {0, 0};
  printf("%d %d %d\n", select(p[1] + 1, &in, &out, NULL, &t), FD_ISSET(p[0], &in) != 0, FD_ISSET(p[1], &out) != 0);
  char c;
  read(p[0], &c, 1);
  FD_ZERO(&in);
  FD_SET(p[0], &in);
  t.tv_usec = 20000;
  printf("%d %d\n", select(p[0] + 1, &in, NULL, NULL, &t), FD_ISSET(p[0], &in) != 0);
  struct timespec n = {0, 1000};
  FD_SET(p[0], &in);
  printf("%d\n", pselect(p[0] + 1, &in, NULL, NULL, &n, NULL));
  printf("%d\n", ppoll(f, 1, &n, NULL));
  close(p[1]);
  printf("%d %x\n", poll(f, 1, 1000), f[0].revents);
  close(p[0]);
  printf("%d %x\n", poll(f, 1, 0), f[0].revents);
  FD_SET(p[0], &in);
  printf("%d", select(p[0] + 1, &in, NULL, NULL, NULL));
  printf(" %s\n", strerror(errno));
  time_t before = time(NULL);
  poll(NULL, 0, 10);
  printf("%d\n", time(NULL) - before < 5);
  return 0;
}
