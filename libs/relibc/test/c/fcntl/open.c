#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
static void try(const char *what, int r) {
  printf("%s: ", what);
  if (r < 0) puts(strerror(errno));
  else puts("ok"), close(r);
}
int main(void) {
  try("missing", open("f", O_RDONLY));
  try("create", open("f", O_CREAT | O_WRONLY, 0644));
  try("exclusive", open("f", O_CREAT | O_EXCL | O_WRONLY, 0644));
  try("directory", open("f", O_DIRECTORY));
  mkdir("d", 0755);
  try("write a directory", open("d", O_WRONLY));
  try("read a directory", open("d", O_RDONLY));
  try("create a directory's name", open("d", O_CREAT | O_RDONLY, 0600));
  try("through a file", open("f/x", O_RDONLY));
  symlink("loop", "loop");
  try("loop", open("loop", O_RDONLY));
  symlink("f", "l");
  try("nofollow", open("l", O_RDONLY | O_NOFOLLOW));
  try("creat", creat("c", 0600));
  int d = open("d", O_RDONLY | O_DIRECTORY);
  try("openat", openat(d, "inside", O_CREAT | O_WRONLY, 0644));
  try("openat", openat(d, "../f", O_RDONLY));
  try("bad fd", openat(99, "x", O_RDONLY));
  int fd = open("f", O_RDWR | O_APPEND);
  printf("%x\n", fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND));
  fcntl(fd, F_SETFL, 0);
  printf("%x\n", fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND));
  printf("%d", fcntl(fd, F_GETFD));
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  printf("%d\n", fcntl(fd, F_GETFD));
  int high = fcntl(fd, F_DUPFD, 50);
  printf("%d %d\n", high, fcntl(high, F_GETFD));
  printf("%d\n", fcntl(fcntl(fd, F_DUPFD_CLOEXEC, 60), F_GETFD));
  printf("%d %d\n", posix_fallocate(fd, 0, 100), (int)lseek(fd, 0, SEEK_END));
  printf("%d\n", posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
  printf("%d", fcntl(99, F_GETFD));
  printf(" %s\n", strerror(errno));
  return 0;
}
