/* Many processes, one after the other. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
  int good = 0;
  for (int i = 0; i < 400; i++) {
    pid_t child = fork();
    if (child == 0)
      _exit(7);
    int status;
    if (waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7)
      good++;
  }
  printf("%d\n", good);
  return 0;
}
