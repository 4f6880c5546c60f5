/* Children one after another, each of which calls memcmp 100 times, the second once more, and so on. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int (*volatile compare)(const void *, const void *, size_t) = memcmp;

int main(void) {
  int ended = 0;
  for (int child = 0; child < 12; child++) {
    pid_t pid = fork();
    if (pid == 0) {
      int equal = 0;
      for (int i = 0; i < 100 + child; i++) equal += compare("seven__", "seven__", 7) == 0;
      _exit(equal == 100 + child ? 0 : 1);
    }
    int status = 1;
    waitpid(pid, &status, 0);
    ended += status == 0;
  }
  printf("%d\n", ended);
  return 0;
}
