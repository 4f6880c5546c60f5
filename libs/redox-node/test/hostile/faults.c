// What ends a process on hardware ends it in a node, in a child each: the parent says how.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void how(const char *what, int status) {
  if (WIFSIGNALED(status)) printf("%s: %s\n", what, strsignal(WTERMSIG(status)));
  else printf("%s: exit %d\n", what, WEXITSTATUS(status));
  fflush(stdout);
}
#define CHILD(what, ...)      \
  do {                        \
    int status;               \
    fflush(stdout);           \
    if (fork() == 0) {        \
      __VA_ARGS__;            \
      _exit(0);               \
    }                         \
    wait(&status);            \
    how(what, status);        \
  } while (0)

static unsigned char data_[64] = {0xc3};
static const char constant[] = "constant";
static volatile int deepest;
static int recurse(int n) {
  volatile char frame[512];
  frame[n & 511] = n;
  deepest = n;
  return recurse(n + 1) + frame[(n + 1) & 511];
}
static void on_overflow(int s) {
  write(1, "on the other stack\n", 19);
  _exit(9);
}
static sigjmp_buf back;
static volatile int faults;
static void jump_back(int s) {
  faults++;
  siglongjmp(back, 1);
}

int main(void) {
  uintptr_t wild[] = {0, 8, 0xfff, 0x1000, 0xc0000000, 0xf0000000, 0xfffffff8, 0xffffffff, 0x100000000, 0x800000000000, 0xffffffffffffffff};
  char what[64];
  for (int i = 0; i < sizeof wild / sizeof *wild; i++) {
    snprintf(what, sizeof what, "write %lx", wild[i]);
    CHILD(what, *(volatile char *)wild[i] = 1);
    snprintf(what, sizeof what, "read %lx", wild[i]);
    CHILD(what, (void)*(volatile long *)wild[i]);
    snprintf(what, sizeof what, "call %lx", wild[i]);
    CHILD(what, ((void (*)(void))wild[i])());
    snprintf(what, sizeof what, "copy %lx", wild[i]);
    CHILD(what, memcpy((void *)wild[i], what, 16));
  }
  CHILD("write code", *(volatile char *)main = 0x90);
  CHILD("write library code", *(volatile char *)puts = 0x90);
  CHILD("write constant", *(volatile char *)constant = 'x');
  CHILD("jump into data", ((void (*)(void))data_)());
  CHILD("jump into the heap", ((void (*)(void))calloc(1, 64))());
  CHILD("jump into the stack", { volatile unsigned char code[8] = {0xc3}; ((void (*)(void))code)(); });
  CHILD("ud2", __asm__("ud2"));
  CHILD("int3", __asm__("int3"));
  CHILD("hlt", __asm__("hlt"));
  CHILD("in", __asm__ volatile("inb $0x60, %%al" ::: "eax"));
  CHILD("cli", __asm__("cli"));
  CHILD("divide by zero", { volatile int zero = 0; _exit(7 / zero); });
  CHILD("divide too far", { volatile int least = -2147483647 - 1, less = -1; _exit(least / less); });
  CHILD("movaps", __asm__ volatile("movaps (%0), %%xmm0" ::"r"(data_ + 1) : "xmm0"));
  CHILD("bad stack", __asm__ volatile("xor %%esp, %%esp\n push %%rax" ::: "memory"));
  CHILD("wild stack", __asm__ volatile("mov $-8, %%rsp\n call 1f\n1:" ::: "memory"));
  CHILD("recursion", recurse(0));
  CHILD("recursion, with a handler", {
    stack_t other = {malloc(65536), 0, 65536};
    struct sigaction a = {.sa_handler = on_overflow, .sa_flags = SA_ONSTACK};
    sigaltstack(&other, NULL);
    sigaction(SIGSEGV, &a, NULL);
    recurse(0);
  });
  CHILD("a handler that faults", {
    signal(SIGSEGV, (void (*)(int))0x10);
    *(volatile char *)0 = 1;
  });
  CHILD("pages", {
    char *p = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct sigaction a = {.sa_handler = jump_back, .sa_flags = SA_NODEFER};
    sigaction(SIGSEGV, &a, NULL);
    mprotect(p + 4096, 4096, PROT_NONE);
    for (int at = 4080; at < 4096 + 4096 + 8; at++) {
      if (!sigsetjmp(back, 1)) *(volatile long *)(p + at) = at;
      if (!sigsetjmp(back, 1)) (void)*(volatile long *)(p + at);
    }
    munmap(p + 8192, 4096);
    if (!sigsetjmp(back, 1)) memset(p, 1, 3 * 4096);
    if (!sigsetjmp(back, 1)) *(volatile char *)(p + 8192) = 1;
    printf("%d faults\n", faults);
    fflush(stdout);
  });
  CHILD("code that changes", {
    unsigned char *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int sum = 0;
    for (int i = 0; i < 100; i++) {
      unsigned char now[] = {0xb8, i, 0, 0, 0, 0xc3};
      mprotect(code, 4096, PROT_READ | PROT_WRITE);
      memcpy(code, now, sizeof now);
      mprotect(code, 4096, PROT_READ | PROT_EXEC);
      sum += ((int (*)(void))code)();
    }
    mprotect(code, 4096, PROT_READ | PROT_WRITE);
    printf("%d\n", sum);
    fflush(stdout);
    ((int (*)(void))code)();
  });
  CHILD("bad pointers", {
    int p[2];
    pipe(p);
    printf("%zd", write(p[1], (void *)8, 100));
    printf(" %s", strerror(errno));
    printf(" %d", open((char *)8, O_RDONLY));
    printf(" %s", strerror(errno));
    printf(" %d", pipe((int *)1));
    printf(" %s\n", strerror(errno));
    fflush(stdout);
  });
  return 0;
}
