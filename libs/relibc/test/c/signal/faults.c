#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile sig_atomic_t taken, order[8], count;
static void *expected;

static void jump(int signal, siginfo_t *info, void *context) {
  (void)context;
  printf("signal %d code %d address %d\n", signal, info->si_code, info->si_addr == expected);
  siglongjmp(back, signal);
}
static void note(int signal) { order[count++ & 7] = signal; }
static void grow(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)context;
  uintptr_t page = (uintptr_t)info->si_addr & ~4095ul;
  mprotect((void *)page, 4096, PROT_READ | PROT_WRITE);
  taken++;
}
static void skip(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)info;
  ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += 2; /* over ud2 */
  ((ucontext_t *)context)->uc_mcontext.gregs[REG_RBX] = 77;
}
static void handle(int number, void (*handler)(int, siginfo_t *, void *), int flags) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, NULL);
}
static int deep(int n) {
  volatile char filler[4096];
  filler[0] = (char)n;
  return n == -1 ? 0 : deep(n + 1) + filler[0];
}
static void overflowed(int signal, siginfo_t *info, void *context) {
  (void)context;
  char here;
  stack_t now;
  sigaltstack(NULL, &now);
  printf("overflow: signal %d, on the alternate stack %d %d\n", signal, now.ss_flags == SS_ONSTACK,
         &here > (char *)now.ss_sp && &here < (char *)now.ss_sp + now.ss_size);
  siglongjmp(back, 1);
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  handle(SIGSEGV, jump, 0);
  handle(SIGBUS, jump, 0);
  handle(SIGFPE, jump, 0);
  handle(SIGILL, jump, 0);
  char *page = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(page + 4096, 4096, PROT_NONE);
  if (sigsetjmp(back, 1) == 0) *(volatile char *)(expected = (char *)16) = 1;
  if (sigsetjmp(back, 1) == 0) *(volatile char *)(expected = page + 5) = 1;
  if (sigsetjmp(back, 1) == 0) (void)*(volatile char *)(expected = page + 4099);
  if (sigsetjmp(back, 1) == 0) (void)*(volatile uint64_t *)(expected = page + 4096, page + 4092);
  if (sigsetjmp(back, 1) == 0) ((void (*)(void))(expected = page))();
  volatile long zero = 0;
  if (sigsetjmp(back, 1) == 0) {
    expected = NULL;
    printf("%ld\n", 1 / zero);
  }
  if (sigsetjmp(back, 1) == 0) {
    expected = NULL;
    memset((void *)zero, 1, 100); /* inside the library: the fault is the caller's */
  }

  handle(SIGSEGV, grow, 0);
  char *lazy = mmap(NULL, 16384, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < 16384; i += 1024) lazy[i] = (char)(i / 1024);
  printf("pages made by the handler: %d, last %d\n", taken, lazy[15360]);

  handle(SIGILL, skip, 0);
  long rbx = 1;
  __asm__ volatile("ud2" : "+b"(rbx));
  printf("skipped ud2: %ld\n", rbx);

  signal(SIGUSR1, note);
  signal(SIGUSR2, note);
  raise(SIGUSR1);
  printf("raise is taken before it returns: %d\n", count);
  kill(getpid(), SIGUSR2);
  printf("kill too: %d\n", count);
  sigset_t both, pending;
  sigemptyset(&both);
  sigaddset(&both, SIGUSR1);
  sigaddset(&both, SIGUSR2);
  sigprocmask(SIG_BLOCK, &both, NULL);
  raise(SIGUSR2);
  raise(SIGUSR1);
  raise(SIGUSR1);
  sigpending(&pending);
  printf("blocked: %d, pending %d %d\n", count, sigismember(&pending, SIGUSR1), sigismember(&pending, SIGUSR2));
  sigprocmask(SIG_UNBLOCK, &both, NULL);
  printf("unblocked: %d\n", count);

  stack_t alternate = {.ss_sp = malloc(65536), .ss_size = 65536};
  sigaltstack(&alternate, NULL);
  handle(SIGSEGV, overflowed, SA_ONSTACK);
  for (int i = 0; i < 2; i++)
    if (sigsetjmp(back, 1) == 0) printf("%d\n", deep(0));
  alarm(1);
  signal(SIGALRM, note);
  pause();
  printf("alarm %d %s\n", order[(count - 1) & 7] == SIGALRM, strerror(errno));
  signal(SIGSEGV, SIG_DFL);
  *(volatile char *)0 = 1;
}
