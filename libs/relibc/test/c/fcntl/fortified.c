// flags: -O2 -fbuiltin -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
#include <fcntl.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv) {
  int flags = argc == 1 ? O_RDONLY : O_WRONLY;
  printf("%d %d\n", open(".", flags) >= 0, openat(AT_FDCWD, "none", flags));
  struct statvfs s;
  printf("%d\n", statvfs(".", &s));
  pid_t pid = fork();
  if (pid == 0) _exit(6);
  int status;
  printf("%d\n", wait3(&status, 0, NULL) == pid && WEXITSTATUS(status) == 6);
  return 0;
}
