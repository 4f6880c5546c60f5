#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/close_range.h>
#include <unistd.h>
static int compare(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }
int main(void) {
  char folder[] = "/tmp/getdentsXXXXXX", name[32], *names[100], buffer[256];
  int count = 0, rounds = 0, n;
  mkdtemp(folder);
  chdir(folder);
  for (int i = 0; i < 30; i++) {
    snprintf(name, sizeof name, "file-%d", i);
    close(open(name, O_CREAT | O_WRONLY, 0600));
  }
  int fd = open(".", O_RDONLY | O_DIRECTORY);
  while ((n = syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0) {
    rounds++;
    for (int at = 0; at < n;) {
      struct dirent64 *e = (void *)(buffer + at);
      names[count++] = strdup(e->d_name);
      if (e->d_type != (e->d_name[0] == '.' ? DT_DIR : DT_REG)) puts("type");
      at += e->d_reclen;
    }
  }
  qsort(names, count, sizeof *names, compare);
  printf("%d %d %d %s %s\n", n, count, rounds > 3, names[2], names[count - 1]);
  n = syscall(SYS_getdents64, fd, buffer, sizeof buffer);
  printf("%d\n", n);
  lseek(fd, 0, SEEK_SET);
  n = syscall(SYS_getdents64, fd, buffer, 4);
  printf("%d %s\n", n, strerror(errno));
  n = syscall(SYS_getdents64, 99, buffer, sizeof buffer);
  printf("%d %s\n", n, strerror(errno));
  int a = dup(fd), b = dup(fd), c = dup(fd);
  printf("%d\n", close_range(a, b, 0));
  printf("%d %d %d\n", fcntl(a, F_GETFD), fcntl(b, F_GETFD), fcntl(c, F_GETFD));
  printf("%d %d\n", close_range(c, ~0u, CLOSE_RANGE_CLOEXEC), fcntl(c, F_GETFD));
  n = close_range(9, 3, 0);
  printf("%d %s\n", n, strerror(errno));
  closefrom(fd);
  printf("%d\n", fcntl(c, F_GETFD));
  struct rlimit l = {7, 7};
  printf("%d %d\n", prlimit(0, RLIMIT_NOFILE, NULL, &l), l.rlim_cur > 7);
  fflush(stdout);
  if (fork() == 0) {
    int self = open("/proc/self/exe", O_RDONLY);
    char *args[] = {"x", NULL};
    n = fexecve(open("file-1", O_RDONLY), args, args + 1);
    printf("%d %s\n", n, strerror(errno));
    fflush(stdout);
    _exit(self < 0);
  }
  wait(&n);
  printf("%d\n", n);
  return 0;
}
