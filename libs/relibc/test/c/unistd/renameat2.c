// renameat2: names that must be free, and names that change places.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void swap(const char *a, const char *b, unsigned flags) {
  errno = 0;
  int got = renameat2(AT_FDCWD, a, AT_FDCWD, b, flags);
  printf("%s %s %u: %d %d\n", a, b, flags, got, errno);
}
static void make(const char *name) {
  int fd = open(name, O_CREAT | O_WRONLY, 0600);
  write(fd, name, strlen(name));
  close(fd);
}
static void show(const char *name) {
  char text[32] = "";
  struct stat s;
  if (lstat(name, &s) != 0) {
    printf("%s: %d\n", name, errno);
    return;
  }
  int fd = open(name, O_RDONLY);
  if (!S_ISDIR(s.st_mode)) read(fd, text, 31);
  close(fd);
  printf("%s: %o %d %s\n", name, s.st_mode & S_IFMT, (int)s.st_nlink, text);
}

int main(void) {
  make("one");
  make("two");
  mkdir("folder", 0777);
  mkdir("folder/inner", 0777);
  mkdir("other", 0777);
  make("folder/three");
  link("one", "twin");
  symlink("two", "link");
  swap("one", "two", RENAME_NOREPLACE);
  swap("none", "two", RENAME_NOREPLACE);
  swap("one", "twin", RENAME_NOREPLACE);
  swap("one", "one", RENAME_NOREPLACE);
  swap("one", "link", RENAME_NOREPLACE);
  swap("one", ".", RENAME_NOREPLACE);
  swap("one", "none/new", RENAME_NOREPLACE);
  swap("one", "new", RENAME_NOREPLACE);
  swap("new", "one", RENAME_NOREPLACE);
  swap("one", "two", RENAME_EXCHANGE);
  show("one");
  show("two");
  show("twin");
  swap("one", "none", RENAME_EXCHANGE);
  swap("none", "one", RENAME_EXCHANGE);
  swap("two", "twin", RENAME_EXCHANGE);
  swap("one", "folder", RENAME_EXCHANGE);
  show("one");
  show("folder");
  show("one/three");
  swap("one/three", "folder", RENAME_EXCHANGE);
  show("one/three");
  show("folder");
  swap("one", "one/inner", RENAME_EXCHANGE);
  swap("one/inner", "one", RENAME_EXCHANGE);
  swap("one", "one/inner/x", 0);
  swap("one", "other", RENAME_EXCHANGE);
  show("other/inner");
  show("one/inner");
  swap("two/", "one", RENAME_EXCHANGE);
  swap("one", "two/", RENAME_EXCHANGE);
  swap("link", "two", RENAME_EXCHANGE);
  show("two");
  show("link");
  swap("one", "two", RENAME_EXCHANGE | RENAME_NOREPLACE);
  swap("one", "two", 64);
  swap("/", "two", RENAME_EXCHANGE);
  swap("other/.", "two", RENAME_EXCHANGE);
  unlink("twin");
  show("two");
  show("link");
  return 0;
}
