// Files without a name (O_TMPFILE), and the name that linkat gives them.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void say(const char *what, int result) {
  printf("%s %d %d\n", what, result < 0 ? -1 : 0, result < 0 ? errno : 0);
}
static void show(int fd) {
  struct stat s;
  fstat(fd, &s);
  printf("nlink %d mode %o size %d\n", (int)s.st_nlink, s.st_mode, (int)s.st_size);
}

int main(void) {
  char name[64], text[16] = "";
  mkdir("folder", 0777);
  close(open("file", O_CREAT | O_WRONLY, 0600));
  say("read only", open("folder", O_TMPFILE | O_RDONLY, 0600));
  say("created", open("folder", O_TMPFILE | O_RDWR | O_CREAT, 0600));
  say("no folder", open("file", O_TMPFILE | O_RDWR, 0600));
  say("none", open("none", O_TMPFILE | O_RDWR, 0600));
  say("half", open("folder", (O_TMPFILE & ~O_DIRECTORY) | O_RDWR, 0600));
  umask(022);
  int fd = open("folder", O_TMPFILE | O_RDWR, 0666);
  say("open", fd);
  show(fd);
  printf("write %zd\n", write(fd, "unnamed", 7));
  say("empty folder", rmdir("folder"));
  mkdir("folder", 0777);
  close(fd);

  fd = open(".", O_TMPFILE | O_RDWR, 0640);
  write(fd, "content", 7);
  printf("flags %d\n", (fcntl(fd, F_GETFL) & O_TMPFILE) == O_TMPFILE);
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  say("not followed", linkat(AT_FDCWD, name, AT_FDCWD, "named", 0));
  say("taken", linkat(AT_FDCWD, name, AT_FDCWD, "file", AT_SYMLINK_FOLLOW));
  say("no such", linkat(AT_FDCWD, "/proc/self/fd/99", AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
  say("empty", linkat(fd, "", AT_FDCWD, "named", 0));
  say("link", linkat(AT_FDCWD, name, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
  show(fd);
  say("link", linkat(AT_FDCWD, name, AT_FDCWD, "again", AT_SYMLINK_FOLLOW));
  show(fd);
  int other = open("named", O_RDONLY);
  read(other, text, 15);
  puts(text);
  unlink("named");
  unlink("again");
  show(fd);
  say("gone", linkat(AT_FDCWD, name, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
  close(fd);

  fd = open(".", O_TMPFILE | O_WRONLY | O_EXCL, 0600);
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  say("exclusive", linkat(AT_FDCWD, name, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
  printf("%zd %d\n", read(fd, text, 1), errno);
  return 0;
}
