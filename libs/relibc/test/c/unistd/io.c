#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/sendfile.h>
#include <unistd.h>
int main(void) {
  char t[64] = {0};
  int fd = open("f", O_RDWR | O_CREAT, 0644);
  printf("%zd\n", write(fd, "0123456789", 10));
  printf("%ld %ld\n", (long)lseek(fd, -3, SEEK_END), (long)lseek(fd, 1, SEEK_CUR));
  printf("%zd %s\n", read(fd, t, 10), t);
  printf("%zd\n", read(fd, t, 10));
  printf("%zd %.3s\n", pread(fd, t, 3, 2), t);
  printf("%zd\n", pwrite(fd, "XY", 2, 12));
  lseek(fd, 0, SEEK_SET);
  ssize_t n = read(fd, t, 64);
  for (int i = 0; i < n; i++) printf("%d ", t[i]);
  printf("\n%ld", (long)lseek(fd, -100, SEEK_SET));
  printf(" %s\n", strerror(errno));
  printf("%d %ld\n", ftruncate(fd, 4), (long)lseek(fd, 0, SEEK_END));
  printf("%d %ld\n", truncate("f", 8), (long)lseek(fd, 0, SEEK_END));
  struct iovec v[3] = {{"ab", 2}, {"", 0}, {"cde", 3}};
  lseek(fd, 0, SEEK_SET);
  printf("%zd\n", writev(fd, v, 3));
  char a[2], b[10];
  struct iovec r[2] = {{a, 2}, {b, 10}};
  lseek(fd, 0, SEEK_SET);
  printf("%zd %.2s %.3s\n", readv(fd, r, 2), a, b);
  printf("%zd %zd\n", pwritev(fd, v, 3, 3), preadv(fd, r, 2, 1));
  int p[2];
  printf("%d\n", pipe(p));
  printf("%zd\n", write(p[1], "through", 7));
  printf("%zd %.7s\n", read(p[0], t, 64), t);
  close(p[1]);
  printf("%zd\n", read(p[0], t, 64));
  close(p[0]);
  pipe2(p, O_CLOEXEC | O_NONBLOCK);
  printf("%d %zd", fcntl(p[0], F_GETFD), read(p[0], t, 1));
  printf(" %s\n", strerror(errno));
  int copy = dup(fd), to = dup2(fd, 77);
  printf("%d %d %d\n", copy > fd, to, dup3(fd, 78, O_CLOEXEC));
  printf("%d", dup2(99, 5));
  printf(" %s\n", strerror(errno));
  printf("%d", close(99));
  printf(" %s\n", strerror(errno));
  printf("%zd", read(99, t, 1));
  printf(" %s\n", strerror(errno));
  off_t at = 0;
  int out = open("g", O_RDWR | O_CREAT, 0644);
  printf("%zd %ld\n", sendfile(out, fd, &at, 5), (long)at);
  loff_t from = 1, where = 10;
  printf("%zd %ld %ld\n", copy_file_range(fd, &from, out, &where, 3, 0), (long)from, (long)where);
  printf("%d %d %d\n", fsync(fd), fdatasync(fd), isatty(fd));
  printf("%d\n", lockf(fd, F_LOCK, 0));
  return 0;
}
