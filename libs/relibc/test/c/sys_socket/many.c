// Many messages in one call.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct mmsghdr m[6];
static struct iovec v[6];
static char text[6][16];
static void prepare(void) {
  memset(m, 0, sizeof m);
  for (int i = 0; i < 6; i++) {
    v[i] = (struct iovec){text[i], sizeof text[i]};
    m[i].msg_hdr.msg_iov = &v[i];
    m[i].msg_hdr.msg_iovlen = 1;
    m[i].msg_len = 99;
  }
}
static void show(int n) {
  printf("%d", n);
  if (n < 0) printf(" %s", strerror(errno));
  for (int i = 0; i < 6; i++) printf(" %u:%d", m[i].msg_len, m[i].msg_hdr.msg_flags);
  for (int i = 0; i < n; i++) printf(" %.*s", (int)m[i].msg_len > 16 ? 16 : (int)m[i].msg_len, text[i]);
  puts("");
}

int main(void) {
  int s[2];
  socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
  prepare();
  for (int i = 0; i < 5; i++) v[i].iov_len = sprintf(text[i], "message%.*s", i, "abcdef");
  v[2].iov_len = 0;
  errno = 0;
  show(sendmmsg(s[0], m, 5, 0));
  printf("errno %d\n", errno);
  prepare();
  v[3].iov_len = 4;
  show(recvmmsg(s[1], m, 4, 0, NULL));
  prepare();
  show(recvmmsg(s[1], m, 4, MSG_WAITFORONE, NULL));
  prepare();
  show(recvmmsg(s[1], m, 4, MSG_DONTWAIT, NULL));
  show(recvmmsg(s[1], m, 0, MSG_DONTWAIT, NULL));
  show(sendmmsg(s[1], m, 0, 0));
  // The second cannot be sent.
  prepare();
  v[1].iov_base = (void *)1;
  v[0].iov_len = 2;
  memcpy(text[0], "ok", 2);
  errno = 0;
  show(sendmmsg(s[0], m, 3, 0));
  printf("errno %d\n", errno);
  prepare();
  v[0].iov_base = (void *)1;
  show(sendmmsg(s[0], m, 3, 0));
  prepare();
  struct timespec t = {0, 0};
  send(s[0], "more", 4, 0);
  show(recvmmsg(s[1], m, 4, 0, &t));
  printf("%ld %ld\n", (long)t.tv_sec, t.tv_nsec);
  t = (struct timespec){1000, 0};
  prepare();
  show(recvmmsg(s[1], m, 1, 0, &t));
  printf("%d\n", t.tv_sec == 999 || t.tv_sec == 1000);
  t.tv_nsec = 1000000000;
  show(recvmmsg(s[1], m, 1, 0, &t));
  show(recvmmsg(77, m, 1, 0, NULL));
  show(sendmmsg(77, m, 1, 0));
  int none[2];
  pipe(none);
  show(recvmmsg(none[0], m, 1, 0, NULL));
  show(sendmmsg(none[1], m, 1, 0));
  // Each may pass a descriptor.
  prepare();
  char control[2][CMSG_SPACE(sizeof(int))];
  for (int i = 0; i < 2; i++) {
    int p[2];
    pipe(p);
    write(p[1], i ? "two" : "one", 3);
    close(p[1]);
    m[i].msg_hdr.msg_control = control[i];
    m[i].msg_hdr.msg_controllen = sizeof control[i];
    struct cmsghdr *h = CMSG_FIRSTHDR(&m[i].msg_hdr);
    *h = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(h), &p[0], sizeof(int));
  }
  show(sendmmsg(s[0], m, 2, 0));
  memset(control, 0, sizeof control);
  show(recvmmsg(s[1], m, 2, 0, NULL));
  for (int i = 0; i < 2; i++) {
    int fd;
    char got[4] = "";
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m[i].msg_hdr)), sizeof fd);
    printf("%zd %s\n", read(fd, got, 3), got);
  }
  return 0;
}
