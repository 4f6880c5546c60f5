// Descriptors and devices by their names in /dev, as shells use them.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void types(const char *path) {
  struct stat followed, own;
  int a = stat(path, &followed), b = lstat(path, &own);
  printf("%s %o %o\n", path, a ? 0 : followed.st_mode & S_IFMT, b ? 0 : own.st_mode & S_IFMT);
}
static int listed(const char *folder, const char *name) {
  DIR *dir = opendir(folder);
  int found = 0;
  for (struct dirent *entry; dir && (entry = readdir(dir));) found |= !strcmp(entry->d_name, name);
  if (dir) closedir(dir);
  return found;
}
static void from(const char *path) {
  char text[16];
  int fd = open(path, O_RDONLY);
  ssize_t n = read(fd, text, sizeof text);
  printf("%s: %.*s, %d\n", path, n > 0 ? (int)n : 0, text, fd < 0 ? errno : close(fd));
}
int main(void) {
  int p[2];
  char path[32];
  setvbuf(stdout, NULL, _IONBF, 0);
  pipe(p);
  sprintf(path, "/dev/fd/%d", p[0]);
  // The pipe is still the same when its second descriptor was closed.
  for (int i = 0; i < 2; i++) write(p[1], "hi", 2), from(path);
  write(p[1], "on", 2);
  printf("read %zd\n", read(p[0], path, 2));
  close(p[1]);
  printf("end %zd\n", read(p[0], path, 2));
  dup2(p[0], 9);
  printf("/dev/fd has 9: %d, 10: %d\n", listed("/dev/fd", "9"), listed("/dev/fd", "10"));
  from("/dev/fd/10");
  from("/dev/fd/x");
  from("/dev/stdin");
  int out = open("/dev/stdout", O_WRONLY);
  write(out, "to stdout\n", 10);
  close(out);
  write(1, "still\n", 6);
  const char *names[] = {"fd", "stdin", "stdout", "stderr", "tty", "null", "zero", "random", "urandom", "shm"};
  for (int i = 0; i < 10; i++) printf("/dev/%s %d\n", names[i], listed("/dev", names[i]));
  types("/dev/stdin");
  types("/dev/null");
  printf("tty %d\n", open("/dev/tty", O_RDWR) < 0 ? errno : 0);
  return 0;
}
