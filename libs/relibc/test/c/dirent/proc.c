// /proc as a folder: what is compared is what every system has there.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
static int has(const char *folder, const char *wanted) {
  DIR *d = opendir(folder);
  if (!d) return -1;
  int found = 0;
  struct dirent *e;
  while ((e = readdir(d))) found += !strcmp(e->d_name, wanted);
  closedir(d);
  return found;
}
int main(void) {
  struct stat s;
  char own[32], text[4096];
  snprintf(own, sizeof own, "%d", getpid());
  printf("%d", stat("/proc", &s));
  printf(" %o\n", s.st_mode);
  printf("%d %d %d %d\n", has("/proc", "self"), has("/proc", own), has("/proc", "."), has("/proc", "none"));
  const char *files[] = {"stat", "status", "maps", "cmdline", "exe", "cwd", "fd", "mountinfo", "comm", "statm"};
  for (int i = 0; i < 10; i++) printf("%s %d\n", files[i], has("/proc/self", files[i]));
  printf("%d %d %d\n", has("/proc/self/fd", "0"), has("/proc/self/fd", "1"), has("/proc/self/fd", "99"));
  int fd = open("/proc/self/stat", O_RDONLY), fields = 0, pid, parent;
  char name[64], state;
  int n = read(fd, text, sizeof text - 1);
  text[n > 0 ? n : 0] = 0;
  for (char *p = text; *p; p++) fields += *p == ' ';
  printf("%d", sscanf(text, "%d (%[^)]) %c %d", &pid, name, &state, &parent));
  printf(" %d %d %d %s %c\n", fields, pid == getpid(), parent == getppid(), name, state);
  printf("%d\n", mkdir("/proc/x", 0777));
  return 0;
}
