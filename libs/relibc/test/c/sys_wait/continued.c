/* A child that stops and goes on tells its parent both, by SIGCHLD and by wait; with SA_NOCLDSTOP by wait alone. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static sigset_t child_changed;
static pid_t child;

static void signalled(void)
{
  siginfo_t info;
  printf("signal %d: ", sigwaitinfo(&child_changed, &info));
  printf("code %d status %d of the child %d\n", info.si_code, info.si_status, info.si_pid == child);
}

static void waited(int options)
{
  int status;
  printf("wait %d: ", waitpid(child, &status, options) == child);
  printf("%x\n", status);
}

static void handler(int signal) { (void)signal; }

static void run(int flags)
{
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigaction(SIGCHLD, &action, NULL);
  child = fork();
  if (child == 0)
    for (;;)
      pause();
  kill(child, SIGSTOP);
  if (flags == 0)
    signalled();
  waited(WUNTRACED);
  kill(child, SIGCONT);
  if (flags == 0)
    signalled();
  waited(WCONTINUED);
  kill(child, SIGCONT);
  kill(child, SIGTERM);
  signalled();
  waited(WCONTINUED);
}

int main(void)
{
  sigemptyset(&child_changed);
  sigaddset(&child_changed, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child_changed, NULL);
  run(0);
  run(SA_NOCLDSTOP);
  return 0;
}
