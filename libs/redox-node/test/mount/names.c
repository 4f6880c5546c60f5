// Names, links, times and modes in a folder that is mounted writable: what is left there is compared.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
static void put(const char *name, const char *text) {
  int fd = open(name, O_WRONLY | O_CREAT | O_APPEND, 0644);
  printf("%s %zd\n", name, write(fd, text, strlen(text)));
  close(fd);
}
static void show(const char *name) {
  struct stat s;
  char text[64];
  if (lstat(name, &s)) {
    printf("%s %s\n", name, strerror(errno));
    return;
  }
  int fd = open(name, O_RDONLY);
  ssize_t n = S_ISREG(s.st_mode) ? read(fd, text, sizeof text) : 0;
  printf("%s %o %d %.*s\n", name, s.st_mode, (int)s.st_nlink, (int)n, text);
  close(fd);
}
int main(void) {
  char text[64];
  umask(022);
  printf("%s\n", chdir("/tmp/work") ? "?" : "work");
  put("a", "one\n");
  printf("%d %d\n", link("a", "b"), link("a", "c"));
  printf("%d %s\n", link("a", "b"), strerror(errno));
  put("b", "two\n");
  show("a");
  unlink("a");
  show("a");
  show("b");
  put("c", "three\n");
  show("b");
  mkdir("d", 0750);
  mkdir("d/e", 0700);
  printf("%d %d\n", rename("b", "d/b"), rename("c", "d/e/c"));
  put("d/b", "four\n");
  show("d/e/c");
  show("d");
  printf("%d\n", rename("d/e", "f"));
  show("d");
  show("f");
  put("f/c", "five\n");
  // A file without a name, and one whose name another file took.
  int fd = open("gone", O_RDWR | O_CREAT, 0600);
  unlink("gone");
  printf("%zd", write(fd, "still here", 10));
  printf(" %zd %.*s\n", pread(fd, text, 64, 0), 10, text);
  close(fd);
  put("old", "old");
  put("new", "new");
  fd = open("old", O_RDONLY);
  rename("new", "old");
  printf("%zd %.3s\n", read(fd, text, 64), text);
  close(fd);
  show("old");
  // What was there before is found in the folder only when it is read.
  fd = open("before", O_RDONLY);
  unlink("before");
  printf("%zd %.6s\n", read(fd, text, 64), text);
  close(fd);
  struct timespec times[2] = {{1000, 0}, {1000000000, 500000000}};
  printf("%d\n", utimensat(AT_FDCWD, "old", times, 0));
  symlink("nowhere", "s");
  printf("%d\n", utimensat(AT_FDCWD, "s", times, AT_SYMLINK_NOFOLLOW));
  chmod("old", 04751);
  printf("%d %s\n", rmdir("d"), strerror(errno));
  struct stat s;
  stat(".", &s);
  printf("%o\n", s.st_mode);
  return 0;
}
