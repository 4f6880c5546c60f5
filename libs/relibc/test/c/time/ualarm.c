/* ualarm: alarms by microseconds, of less than a second. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t rang;

static void ring(int signal)
{
  (void)signal;
  rang++;
}

int main(void)
{
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = ring;
  sigaction(SIGALRM, &action, NULL);
  int ends[2];
  char byte;
  if (pipe(ends) != 0)
    return 1;
  printf("%u\n", ualarm(2000, 0));
  printf("%zd", read(ends[0], &byte, 1));
  printf(" %s, %d\n", strerror(errno), rang);
  ualarm(1000, 1000);
  while (rang < 4)
    pause();
  unsigned left = ualarm(0, 0);
  printf("%d\n", left > 0 && left <= 1000);
  alarm(100);
  left = ualarm(0, 0);
  printf("%d\n", left > 99000000 && left <= 100000000);
  printf("%d", (int)ualarm(1000000, 0));
  printf(" %s\n", strerror(errno));
  return 0;
}
