// A function that the model has no row for answers ENOSYS wherever it is called, in the child of a fork too.
#include <errno.h>
#include <stdio.h>
#include <sys/quota.h>
#include <sys/wait.h>
#include <unistd.h>
static void ask(const char *who) {
  errno = 0;
  int got = quotactl(0, "none", 0, 0);
  printf("%s %d %d\n", who, got, errno);
  fflush(stdout);
}
int main(void) {
  int status;
  ask("before");
  if (fork() == 0) {
    ask("child");
    _exit(7);
  }
  wait(&status);
  ask("parent");
  printf("%d %d\n", WIFEXITED(status), WEXITSTATUS(status));
  return 0;
}
