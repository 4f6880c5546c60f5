#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>
#include <sys/time.h>
static void show(const char *name, int follow) {
  struct stat s;
  if ((follow ? stat : lstat)(name, &s)) printf("%s: %s\n", name, strerror(errno));
  else printf("%s: %o %ld %ld\n", name, s.st_mode, S_ISDIR(s.st_mode) ? 0L : (long)s.st_size, S_ISDIR(s.st_mode) ? 0L : (long)s.st_nlink);
}
int main(void) {
  umask(022);
  int fd = open("f", O_CREAT | O_RDWR | O_TRUNC, 0666);
  write(fd, "12345", 5);
  show("f", 1);
  mkdir("d", 0777);
  show("d", 1);
  symlink("f", "l");
  symlink("nowhere", "dangling");
  show("l", 1);
  show("l", 0);
  show("dangling", 1);
  show("dangling", 0);
  link("f", "hard");
  show("hard", 1);
  chmod("f", 0640);
  show("f", 1);
  fchmod(fd, 04755);
  show("f", 1);
  fchmodat(AT_FDCWD, "f", 0600, 0);
  show("f", 1);
  printf("%o %o\n", umask(077), umask(022));
  struct stat a, b;
  fstat(fd, &a);
  fstatat(AT_FDCWD, "hard", &b, 0);
  printf("%d %d\n", a.st_ino == b.st_ino, a.st_dev == b.st_dev);
  struct timespec times[2] = {{1000000000, 5}, {1100000000, 999999999}};
  printf("%d\n", utimensat(AT_FDCWD, "f", times, 0));
  stat("f", &a);
  printf("%ld.%09ld %ld.%09ld\n", a.st_atim.tv_sec, a.st_atim.tv_nsec, a.st_mtim.tv_sec, a.st_mtim.tv_nsec);
  times[0].tv_nsec = UTIME_OMIT;
  times[1].tv_sec = 1;
  futimens(fd, times);
  stat("f", &a);
  printf("%ld %ld.%09ld\n", a.st_atim.tv_sec, a.st_mtim.tv_sec, a.st_mtim.tv_nsec);
  struct utimbuf u = {7, 8};
  printf("%d", utime("f", &u));
  stat("f", &a);
  printf(" %ld %ld\n", a.st_atim.tv_sec, a.st_mtim.tv_sec);
  struct timeval v[2] = {{1, 500000}, {2, 250000}};
  printf("%d", utimes("f", v));
  stat("f", &a);
  printf(" %ld %ld\n", a.st_atim.tv_nsec, a.st_mtim.tv_nsec);
  printf("%d %d", futimes(fd, v), lutimes("l", v));
  printf(" %d\n", futimesat(AT_FDCWD, "f", v));
  printf("%d", mkdir("d", 0777));
  printf(" %s\n", strerror(errno));
  printf("%d", mkdir("x/y", 0777));
  printf(" %s\n", strerror(errno));
  printf("%d\n", mkdirat(AT_FDCWD, "d/e", 0700));
  show("f/g", 1);
  show("", 1);
  struct statx x;
  printf("%d %o %llu\n", statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS, &x), x.stx_mode, (unsigned long long)x.stx_size);
  struct statvfs vfs;
  printf("%d %d\n", statvfs(".", &vfs), fstatvfs(fd, &vfs));
  printf("%lu\n", vfs.f_namemax);
  printf("%d %d\n", chown("f", -1, -1), lchown("l", -1, -1));
  return 0;
}
