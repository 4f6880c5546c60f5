/* A hundred processes that do nothing, one after the other. */
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
int main(int argc, char **argv) {
  if (argc > 1) return 0;
  char *child[] = {argv[0], "child", 0};
  char *env[] = {0};
  int ended = 0;
  for (int i = 0; i < 100; i++) {
    pid_t pid;
    int status;
    if (posix_spawn(&pid, argv[0], 0, 0, child, env) == 0 && waitpid(pid, &status, 0) == pid && status == 0) ended++;
  }
  printf("%d\n", ended);
}
