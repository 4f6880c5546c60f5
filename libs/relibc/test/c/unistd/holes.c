#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#define ASK(call) \
  do { \
    errno = 0; \
    long answer = (long)(call); \
    printf("%s: %ld, errno %d\n", #call, answer, errno); \
  } while (0)
int main(void) {
  char text[64] = "";
  int p[2], fd = open("f", O_RDWR | O_CREAT, 0644), other = open("g", O_RDWR | O_CREAT, 0644);
  pipe(p);
  write(fd, "0123456789", 10);
  ASK(lseek(fd, 0, SEEK_DATA));
  ASK(lseek(fd, 4, SEEK_DATA));
  ASK(lseek(fd, 4, SEEK_HOLE));
  ASK(lseek(fd, 10, SEEK_DATA));
  ASK(lseek(fd, 10, SEEK_HOLE));
  ASK(lseek(fd, -1, SEEK_DATA));
  ASK(lseek(p[0], 0, SEEK_DATA));
  ASK(lseek(99, 0, SEEK_HOLE));
  ASK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 3, 4));
  ASK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 8, 100));
  ASK(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 3, 4));
  ASK(pread(fd, text, sizeof text, 0));
  for (int i = 0; i < 10; i++) printf("%d ", text[i]);
  puts("");
  lseek(fd, 0, SEEK_SET);
  ASK(splice(fd, 0, other, 0, 5, 0));
  ASK(splice(fd, 0, p[1], 0, 5, 0));
  ASK(splice(p[0], &(off_t){0}, other, 0, 5, 0));
  ASK(splice(p[0], 0, other, 0, 5, 0));
  ASK(splice(99, 0, other, 0, 5, 0));
  ASK(lseek(other, 0, SEEK_END));
  mkdir("d", 0755);
  ASK(rmdir("."));
  ASK(rmdir("d/."));
  ASK(rmdir("d/.."));
  ASK(rmdir("d/../"));
  ASK(rmdir("none/."));
  ASK(unlink("d/."));
  ASK(unlink("."));
  ASK(rmdir("/"));
  ASK(rmdir("d/"));
  ASK(getxattr("f", "security.none", text, sizeof text));
  ASK(fgetxattr(fd, "security.none", text, sizeof text));
  ASK(getxattr("none", "security.none", text, sizeof text));
  ASK(fgetxattr(99, "security.none", text, sizeof text));
  return 0;
}
