/* When a file was made, which nothing changes (statx). */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
static struct statx x;
static long long ns(struct statx_timestamp t) { return t.tv_sec * 1000000000ll + t.tv_nsec; }

int main(void) {
  int f = open("bt", O_CREAT|O_RDWR|O_TRUNC, 0600);
  printf("%d ", statx(AT_FDCWD, "bt", 0, STATX_ALL, &x));
  printf("%x\n", x.stx_mask & 0x800);
  long long b = ns(x.stx_btime);
  printf("%d %d\n", b != 0, b == ns(x.stx_mtime));
  struct timespec t[2] = {{5, 0}, {6, 0}};
  write(f, "x", 1);
  futimens(f, t);
  statx(f, "", AT_EMPTY_PATH, STATX_BTIME, &x);
  printf("%d %d %x\n", ns(x.stx_btime) == b, ns(x.stx_mtime) != b, x.stx_mask&STATX_BTIME);
  rename("bt", "bu");
  statx(AT_FDCWD, "bu", 0, STATX_BASIC_STATS, &x);
  printf("%d\n", ns(x.stx_btime) == b);
  mkdir("bd", 0700);
  statx(AT_FDCWD, "bd", 0, STATX_ALL, &x);
  printf("%d %x\n", ns(x.stx_btime) >= b, x.stx_mask&STATX_BTIME);
  int p[2];
  pipe(p);
  printf("%d ", statx(p[0], "", AT_EMPTY_PATH, STATX_ALL, &x));
  printf("%x\n", x.stx_mask&STATX_BTIME);
  unlink("bu");
  rmdir("bd");
  return 0;
}
