// So many children, one after the other; every second one looks in vain for another program first. Says after every tenth how many have ended.
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv) {
  int ended = 0;
  for (int i = 0; i < atoi(argv[1]); i++) {
    pid_t child = fork();
    if (child == 0) {
      if (i % 2) execl("/absent", "absent", NULL);
      _exit(3);
    }
    int status;
    ended += waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 3;
    if (i % 10 == 9) printf("%d\n", ended), fflush(stdout);
  }
  return 0;
}
