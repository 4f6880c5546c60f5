/* What /proc/self/status says of signals and threads. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int signal) {}
static void *waits(void *unused) {
  for (;;) pause();
}
/* The value of a line, whose name comes with its colon. */
static const char *line(const char *file, const char *name) {
  static char text[256];
  FILE *f = fopen(file, "r");
  while (f && fgets(text, sizeof text, f)) {
    if (strncmp(text, name, strlen(name)) != 0) continue;
    fclose(f);
    text[strcspn(text, "\n")] = 0;
    return text + strlen(name);
  }
  if (f) fclose(f);
  return "none";
}
static void show(const char *file) {
  const char *names[] = {"SigPnd:", "ShdPnd:", "SigBlk:", "SigIgn:", "SigCgt:"};
  for (int i = 0; i < 5; i++) {
    const char *found = line(file, names[i]);
    /* The two signals of the library itself are not the program's matter. */
    printf("%s %d %016llx\n", names[i], (int)strlen(found), strtoull(found, 0, 16) & ~(3ull << 31));
  }
}
int main(void) {
  const char *own = "/proc/self/status";
  show(own);
  signal(SIGUSR1, handler);
  signal(SIGHUP, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGRTMIN + 1);
  sigaddset(&set, SIGRTMAX);
  sigprocmask(SIG_BLOCK, &set, 0);
  raise(SIGTERM);
  kill(getpid(), SIGRTMIN + 1);
  kill(getpid(), SIGRTMIN + 1);
  show(own);
  printf("slash %d\n", strchr(line(own, "SigQ:"), '/') != 0);
  printf("threads%s\n", line(own, "Threads:"));
  pthread_t one;
  pthread_create(&one, 0, waits, 0);
  printf("threads%s\n", line(own, "Threads:"));
  umask(027);
  printf("umask%s\n", line(own, "Umask:"));
  printf("state%s\n", line(own, "State:"));
  printf("traced%s\n", line(own, "TracerPid:"));
  printf("uid%s\ngid%s\n", line(own, "Uid:"), line(own, "Gid:"));
  printf("parent %d\n", atoi(line(own, "PPid:")) == getppid());
  const char *sizes[] = {"VmPeak:", "VmSize:", "VmHWM:", "VmRSS:"};
  for (int i = 0; i < 4; i++) {
    int size;
    char unit[8] = "";
    printf("%s %d", sizes[i], sscanf(line(own, sizes[i]), "%d %7s", &size, unit));
    printf(" %d %s\n", size > 0, unit);
  }
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    signal(SIGUSR2, handler);
    show(own);
    fflush(stdout);
    kill(getpid(), SIGSTOP);
    _exit(0);
  }
  fflush(stdout);
  int status;
  waitpid(child, &status, WUNTRACED);
  char file[40];
  snprintf(file, sizeof file, "/proc/%d/status", child);
  printf("state%s\n", line(file, "State:"));
  kill(child, SIGKILL);
  siginfo_t info;
  waitid(P_PID, child, &info, WEXITED | WNOWAIT);
  printf("state%s\n", line(file, "State:"));
  waitpid(child, &status, 0);
  printf("state %s\n", line(file, "State:"));
  return 0;
}
