/* Coroutines: arguments in registers and on the stack, links, masks, exceptions of order, threads with contexts of their own. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>
static ucontext_t main_context, a, b;
static char stacks[4][65536];
static void first(int x, int y, int z, int u, int v, int w, int p, int q) {
  printf("first %d %d %d %d %d %d %d %d\n", x, y, z, u, v, w, p, q);
  for (int i = 0; i < 3; i++) {
    printf("first, turn %d\n", i);
    swapcontext(&a, &b);
  }
  printf("first ends\n");
}
static void second(void) {
  double sum = 0;
  for (int i = 0; i < 3; i++) {
    sum += i * 0.5;
    printf("second, turn %d, %g\n", i, sum);
    swapcontext(&b, &a);
  }
  printf("never\n");
}
static void prepare(ucontext_t *c, int stack, ucontext_t *link) {
  getcontext(c);
  c->uc_stack.ss_sp = stacks[stack];
  c->uc_stack.ss_size = sizeof stacks[stack];
  c->uc_link = link;
}
static long steps;
static ucontext_t caller, generator;
static void generate(void) {
  for (;;) {
    steps++;
    swapcontext(&generator, &caller);
  }
}
static __thread ucontext_t here, there;
static __thread int seen;
static void in_thread(void) { seen = 5; }
static void *thread(void *stack) {
  getcontext(&there);
  there.uc_stack.ss_sp = stack;
  there.uc_stack.ss_size = 65536;
  there.uc_link = &here;
  makecontext(&there, in_thread, 0);
  swapcontext(&here, &there);
  return (void *)(long)seen;
}
int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  prepare(&a, 0, &main_context);
  makecontext(&a, (void (*)(void))first, 8, 1, 2, 3, 4, 5, 6, -7, 8);
  prepare(&b, 1, NULL);
  makecontext(&b, second, 0);
  printf("swap %d\n", swapcontext(&main_context, &a));

  volatile int again = 0;
  ucontext_t loop;
  getcontext(&loop);
  printf("again %d\n", again);
  if (again++ < 3) setcontext(&loop);

  sigset_t set, old;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  volatile int round = 0;
  getcontext(&loop);
  sigprocmask(SIG_SETMASK, NULL, &old);
  printf("blocked %d\n", sigismember(&old, SIGUSR1));
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  if (round++ == 0) setcontext(&loop);

  prepare(&generator, 2, NULL);
  makecontext(&generator, generate, 0);
  for (int i = 0; i < 20000; i++) swapcontext(&caller, &generator);
  printf("steps %ld\n", steps);

  pthread_t t;
  void *result;
  pthread_create(&t, NULL, thread, malloc(65536));
  pthread_join(t, &result);
  printf("thread %ld\n", (long)result);

  prepare(&a, 0, NULL);
  makecontext(&a, (void (*)(void))puts, 1, 0);
  a.uc_mcontext.gregs[REG_RDI] = (long)"last words; a context without a link ends the program";
  setcontext(&a);
  return 7;
}
