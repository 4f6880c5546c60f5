#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
static int wait_for(pid_t pid) {
  int status;
  return waitpid(pid, &status, 0) == pid ? (WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status)) : -1;
}
int main(int argc, char **argv) {
  if (argc > 1) {
    printf("%s %s %s\n", argv[0], argv[1], argc > 2 ? argv[2] : "");
    printf("%s\n", getenv("VARIABLE"));
    return 7;
  }
  setvbuf(stdout, NULL, _IONBF, 0);
  char self[4096] = {0};
  readlink("/proc/self/exe", self, sizeof self - 1);
  pid_t pid = fork();
  if (pid == 0) {
    printf("child %d\n", getppid() > 0);
    _exit(5);
  }
  printf("%d\n", wait_for(pid));
  if ((pid = fork()) == 0) raise(SIGKILL);
  printf("%d\n", wait_for(pid));
  setenv("VARIABLE", "value", 1);
  if ((pid = fork()) == 0) {
    execl(self, "named", "one", "two", NULL);
    _exit(99);
  }
  printf("%d\n", wait_for(pid));
  if ((pid = fork()) == 0) {
    char *env[] = {"VARIABLE=other", NULL};
    execle(self, "named", "three", NULL, env);
    _exit(99);
  }
  printf("%d\n", wait_for(pid));
  printf("%d", execv("/missing", argv));
  printf(" %s\n", strerror(errno));
  int p[2];
  pipe(p);
  if ((pid = fork()) == 0) {
    dup2(p[1], 1);
    close(p[0]);
    puts("through the pipe");
    exit(0);
  }
  close(p[1]);
  char text[64] = {0};
  printf("%d\n", wait_for(pid));
  printf("%zd\n", read(p[0], text, 64));
  printf("%s", text);
  siginfo_t info;
  if ((pid = fork()) == 0) _exit(3);
  printf("%d\n", waitid(P_PID, pid, &info, WEXITED));
  printf("%d %d %d\n", info.si_signo, info.si_code, info.si_status);
  printf("%d", waitpid(-1, NULL, WNOHANG));
  printf(" %s\n", strerror(errno));
  return 0;
}
