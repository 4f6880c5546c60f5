#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
static volatile int seen[65];
static volatile char *wanted;
static void count(int s) { seen[s]++; }
static void nested(int s, siginfo_t *i, void *c) {
  seen[s]++;
  if (s == SIGUSR1) raise(SIGUSR2);
  printf("%d %d %d\n", s, i->si_signo, i->si_pid == getpid());
}
static void fault(int s, siginfo_t *i, void *c) {
  printf("fault %d %d\n", i->si_addr == (void *)wanted, i->si_code == SEGV_ACCERR);
  mprotect((void *)wanted, 4096, PROT_READ | PROT_WRITE);
}
int main(void) {
  printf("%d\n", signal(SIGUSR1, count) == SIG_DFL);
  raise(SIGUSR1);
  kill(getpid(), SIGUSR1);
  printf("%d\n", seen[SIGUSR1]);
  struct sigaction a = {.sa_sigaction = nested, .sa_flags = SA_SIGINFO}, old;
  sigaction(SIGUSR1, &a, &old);
  printf("%d\n", old.sa_handler == count);
  sigaction(SIGUSR2, &a, NULL);
  raise(SIGUSR1);
  sigset_t set, pending, before;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  printf("%d %d\n", sigismember(&set, SIGUSR1), sigismember(&set, SIGUSR2));
  sigprocmask(SIG_BLOCK, &set, &before);
  signal(SIGUSR1, count);
  raise(SIGUSR1);
  raise(SIGUSR1);
  sigpending(&pending);
  printf("%d %d\n", sigismember(&pending, SIGUSR1), seen[SIGUSR1]);
  sigprocmask(SIG_SETMASK, &before, NULL);
  printf("%d\n", seen[SIGUSR1]);
  sigprocmask(SIG_BLOCK, &set, NULL);
  raise(SIGUSR1);
  sigemptyset(&set);
  printf("%d", sigsuspend(&set));
  printf(" %s %d\n", strerror(errno), seen[SIGUSR1]);
  sigaddset(&set, SIGUSR1);
  raise(SIGUSR1);
  int got = 0;
  int waited = sigwait(&set, &got);
  printf("%d %d\n", waited, got);
  raise(SIGUSR1);
  siginfo_t info;
  int told = sigwaitinfo(&set, &info);
  printf("%d %d\n", told, info.si_signo);
  struct timespec none = {0, 0};
  printf("%d", sigtimedwait(&set, &info, &none));
  printf(" %s\n", strerror(errno));
  wanted = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  a.sa_sigaction = fault;
  sigaction(SIGSEGV, &a, NULL);
  *wanted = 5;
  printf("%d\n", *wanted);
  a.sa_handler = count;
  a.sa_flags = SA_RESETHAND;
  sigaction(SIGTERM, &a, NULL);
  raise(SIGTERM);
  sigaction(SIGTERM, NULL, &old);
  printf("%d\n", old.sa_handler == SIG_DFL);
  signal(SIGHUP, SIG_IGN);
  raise(SIGHUP);
  printf("%d", sigaction(SIGKILL, &a, NULL));
  printf(" %s\n", strerror(errno));
  signal(SIGALRM, count);
  alarm(1);
  pause();
  printf("%d\n", seen[SIGALRM]);
  sigfillset(&set);
  sigdelset(&set, SIGINT);
  printf("%d %d\n", sigismember(&set, SIGINT), sigismember(&set, 64));
  printf("%d %d\n", SIGRTMIN, SIGRTMAX);
  fflush(stdout);
  raise(SIGTERM);
}
