#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static jmp_buf a;
static sigjmp_buf b;
static void deep(int n) {
  char room[256];
  room[n] = n;
  if (n == 0) longjmp(a, 5);
  deep(n - 1);
  printf("%d", room[0]);
}
static void handler(int s) { siglongjmp(b, s); }
static int twice(const void *x, const void *y) { longjmp(a, 9); }
int main(void) {
  volatile int count = 0;
  double volatile d = 1.5;
  switch (setjmp(a)) {
  case 0: deep(50);
  case 5: printf("back %g\n", d);
  }
  int got = setjmp(a);
  printf("%d %d\n", got, count);
  if (count++ < 3) longjmp(a, count - 1);
  signal(SIGUSR1, handler);
  if ((got = sigsetjmp(b, 1)) == 0) raise(SIGUSR1);
  sigset_t now;
  sigprocmask(SIG_BLOCK, NULL, &now);
  printf("%d blocked %d\n", got, sigismember(&now, SIGUSR1));
  if ((got = sigsetjmp(b, 0)) == 0) raise(SIGUSR1);
  sigprocmask(SIG_BLOCK, NULL, &now);
  printf("%d blocked %d\n", got, sigismember(&now, SIGUSR1));
  int items[] = {2, 1};
  if ((got = setjmp(a)) == 0) qsort(items, 2, 4, twice);
  printf("%d\n", got);
  return 0;
}
