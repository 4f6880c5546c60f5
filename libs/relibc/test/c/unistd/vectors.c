#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
static int fd;
static void say(const char *what, ssize_t got) {
  printf("%s %zd", what, got);
  if (got < 0) printf(" %s", strerror(errno));
  off_t here = lseek(fd, 0, SEEK_CUR);
  printf(" at %ld of %ld\n", (long)here, (long)lseek(fd, 0, SEEK_END));
  lseek(fd, here, SEEK_SET);
}
int main(void) {
  char a[4] = {0}, b[8] = {0}, all[64] = {0};
  struct iovec out[] = {{"abc", 3}, {"", 0}, {"defgh", 5}}, in[] = {{a, 3}, {b, 5}};
  int p[2];
  fd = open("v", O_RDWR | O_CREAT | O_TRUNC, 0644);
  say("write", pwritev2(fd, out, 3, -1, 0));
  say("write at", pwritev2(fd, out, 3, 2, RWF_DSYNC));
  say("append", pwritev2(fd, out, 3, 0, RWF_APPEND | RWF_SYNC));
  lseek(fd, 1, SEEK_SET);
  say("append and move", pwritev2(fd, out, 2, -1, RWF_APPEND));
  say("read at", preadv2(fd, in, 2, 1, RWF_HIPRI));
  printf("%s %s\n", a, b);
  lseek(fd, 3, SEEK_SET);
  say("read", preadv2(fd, in, 2, -1, 0));
  printf("%s %s\n", a, b);
  say("before the file", preadv2(fd, in, 2, -2, 0));
  say("unknown flag", preadv2(fd, in, 2, 0, 0x4000));
  say("unknown flag", pwritev2(fd, out, 2, 0, 0x4000));
  say("too many", preadv2(fd, in, 1025, 0, 0));
  say("closed", preadv2(99, in, 2, 0, 0));
  say("closed", pwritev2(99, out, 2, 0, RWF_APPEND));
  say("null", preadv2(fd, NULL, 2, 0, 0));
  pipe(p);
  say("pipe", pwritev2(p[1], out, 3, -1, 0));
  say("pipe at", pwritev2(p[1], out, 3, 0, 0));
  say("pipe", preadv2(p[0], in, 2, -1, 0));
  say("pipe at", preadv2(p[0], in, 2, 0, 0));
  pread(fd, all, 63, 0);
  puts(all);
  unlink("v");
  return 0;
}
