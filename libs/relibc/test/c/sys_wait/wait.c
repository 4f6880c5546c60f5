#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *what, int status) {
  printf("%s: exited %d(%d) signalled %d(%d) stopped %d(%d) continued %d\n", what, WIFEXITED(status), WEXITSTATUS(status), WIFSIGNALED(status),
         WIFSIGNALED(status) ? WTERMSIG(status) : 0, WIFSTOPPED(status), WIFSTOPPED(status) ? WSTOPSIG(status) : 0, WIFCONTINUED(status));
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  int status, ends[2];
  struct rusage usage;
  pid_t pid = fork();
  if (pid == 0) _exit(300);
  printf("%d ", wait3(&status, 0, &usage) == pid);
  say("wait3", status);

  pid = fork();
  if (pid == 0) for (;;) pause();
  printf("nohang %d\n", waitpid(pid, &status, WNOHANG));
  kill(pid, SIGSTOP);
  waitpid(pid, &status, WUNTRACED);
  say("stop", status);
  kill(pid, SIGCONT);
  waitpid(pid, &status, WCONTINUED);
  say("continue", status);
  kill(pid, SIGTERM);
  waitpid(pid, &status, 0);
  say("term", status);

  siginfo_t info;
  pid = fork();
  if (pid == 0) _exit(7);
  memset(&info, 0, sizeof info);
  printf("waitid %d", waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
  printf(" signal %d code %d status %d pid %d\n", info.si_signo, info.si_code, info.si_status, info.si_pid == pid);
  printf("again %d", waitid(P_ALL, 0, &info, WEXITED));
  printf(" code %d status %d\n", info.si_code, info.si_status);
  printf("none %d %s\n", waitid(P_PID, pid, &info, WEXITED), strerror(errno));
  printf("bad %d %s\n", waitid(P_PID, pid, &info, 0), strerror(errno));
  pid = fork();
  if (pid == 0) raise(SIGKILL);
  waitid(P_PID, pid, &info, WEXITED);
  printf("killed code %d status %d\n", info.si_code, info.si_status);

  /* Groups. */
  pipe(ends);
  pid = fork();
  if (pid == 0) {
    setpgid(0, 0);
    write(ends[1], "x", 1);
    for (;;) pause();
  }
  char c;
  read(ends[0], &c, 1);
  printf("group %d %d\n", getpgid(pid) == pid, getpgrp() == getpgid(0));
  killpg(pid, SIGUSR1);
  waitpid(-pid, &status, 0);
  say("group", status);

  /* An orphan's parent is somebody else. */
  pid = fork();
  if (pid == 0) {
    pid_t parent = getpid();
    if (fork() == 0) {
      while (getppid() == parent) usleep(1000);
      write(ends[1], "o", 1);
      _exit(0);
    }
    _exit(0);
  }
  waitpid(pid, NULL, 0);
  read(ends[0], &c, 1);
  printf("orphan %c\n", c);

  signal(SIGCHLD, SIG_IGN);
  pid = fork();
  if (pid == 0) _exit(1);
  printf("ignored %d %s\n", waitpid(pid, &status, 0), strerror(errno));
  struct tms before;
  printf("times %d\n", times(&before) >= 0 && before.tms_stime >= 0);
  return 0;
}
