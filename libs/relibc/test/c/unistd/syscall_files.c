// Files by syscall(): what allocators ask for where open itself may be theirs.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  char name[] = "/tmp/syscallXXXXXX", text[16] = "";
  long fd = syscall(SYS_open, "/etc/passwd", O_RDONLY);
  printf("%d %ld %.5s\n", fd >= 0, syscall(SYS_read, fd, text, 5), text);
  printf("%ld\n", syscall(SYS_lseek, fd, 1L, SEEK_SET));
  printf("%ld %.4s\n", syscall(SYS_read, fd, text, 4), text);
  printf("%ld\n", syscall(SYS_close, fd));
  printf("%ld %d\n", syscall(SYS_close, fd), errno == EBADF);
  printf("%ld %d\n", syscall(SYS_open, "/nowhere", O_RDONLY), errno == ENOENT);
  snprintf(name, sizeof name, "/tmp/sc%d", getpid());
  fd = syscall(SYS_openat, AT_FDCWD, name, O_RDWR | O_CREAT | O_EXCL, 0600);
  printf("%d %ld\n", fd >= 0, syscall(SYS_write, fd, "hello", 5));
  printf("%ld %d\n", syscall(SYS_openat, AT_FDCWD, name, O_RDWR | O_CREAT | O_EXCL, 0600), errno == EEXIST);
  printf("%ld %ld\n", syscall(SYS_close, fd), (long)unlink(name));
  int pair[2];
  printf("%ld\n", syscall(SYS_pipe2, pair, O_CLOEXEC));
  printf("%ld\n", syscall(SYS_write, pair[1], "pipe", 4));
  printf("%ld %d\n", syscall(SYS_read, pair[0], text, 9), fcntl(pair[0], F_GETFD) == FD_CLOEXEC);
  return 0;
}
