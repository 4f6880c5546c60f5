// Code in pages that may be written and executed at once, changed in every way after it has run.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

typedef int (*function)(void);

/* mov eax, imm32; ret */
static void constant(unsigned char *at, int value) {
  at[0] = 0xb8;
  memcpy(at + 1, &value, 4);
  at[5] = 0xc3;
}

static unsigned char *pages(int count) {
  return mmap(0, count * 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void in_turn(void) {
  unsigned char *at = pages(1);
  long sum = 0;
  for (int i = 0; i < 3000; i++) {
    constant(at, i * 7);
    sum += ((function)at)();
  }
  printf("in turn %ld\n", sum);
}

/* A loop that runs long enough for any tier, then with another step: sum of n, n - step, ... */
static void hot_loop(void) {
  static const unsigned char loop[] = {
      0x31, 0xc0,             /* xor eax, eax */
      0xb9, 0x40, 0x42, 0x0f, 0x00, /* mov ecx, 1000000 */
      0x01, 0xc8,             /* 1: add eax, ecx */
      0x83, 0xe9, 0x01,       /* sub ecx, 1 */
      0x75, 0xf9,             /* jnz 1b */
      0xc3,
  };
  unsigned char *at = pages(1);
  memcpy(at, loop, sizeof loop);
  int first = ((function)at)();
  at[11] = 4;
  int second = ((function)at)();
  at[8] = 0xc0; /* add eax, eax: of nothing */
  printf("hot loop %d %d %d\n", first, second, ((function)at)());
}

/* mov byte [rip + d], 42; mov eax, 1; ret: the store changes the instruction behind it. */
static void next_instruction(void) {
  static const unsigned char self[] = {0xc6, 0x05, 0x01, 0x00, 0x00, 0x00, 42, 0xb8, 1, 0, 0, 0, 0xc3};
  unsigned char *at = pages(1);
  for (int i = 0; i < 3; i++) {
    memcpy(at, self, sizeof self);
    at[6] = 42 + i;
    printf("next instruction %d\n", ((function)at)());
  }
}

/* A counter in the page of the code that counts: inc dword [rip + d]; mov eax, [rip + d]; ret */
static void data_beside(void) {
  static const unsigned char counts[] = {0xff, 0x05, 0xfa, 0x00, 0x00, 0x00, 0x8b, 0x05, 0xf4, 0x00, 0x00, 0x00, 0xc3};
  unsigned char *at = pages(1);
  memcpy(at, counts, sizeof counts);
  int last = 0;
  for (int i = 0; i < 500; i++) last = ((function)at)();
  printf("data beside %d\n", last);
}

/* The host's side writes: read from a pipe, readv, memcpy, memset. */
static void by_calls(void) {
  unsigned char *at = pages(1), code[6], zero = 0;
  int ends[2];
  pipe(ends);
  int sum = 0;
  for (int i = 1; i <= 50; i++) {
    constant(code, i);
    write(ends[1], code, 6);
    if (i % 2) read(ends[0], at, 6);
    else {
      struct iovec parts[2] = {{at, 2}, {at + 2, 4}};
      readv(ends[0], parts, 2);
    }
    sum += ((function)at)();
    constant(code, 1000 * i);
    memcpy(at, code, 6);
    sum += ((function)at)();
    memset(at + 2, 0, 3);
    sum += ((function)at)();
  }
  printf("by calls %d\n", sum);
}

/* An instruction over the edge of two pages, each of which is written. */
static void over_the_edge(void) {
  unsigned char *at = pages(2) + 4096 - 3;
  int sum = 0;
  for (int i = 0; i < 100; i++) {
    constant(at, 0x01010101 * (i & 15));
    sum += ((function)at)();
    at[4] = i; /* the second page alone */
    sum += ((function)at)() >> 20;
    at[1] = i; /* the first page alone */
    sum += ((function)at)() & 255;
  }
  printf("over the edge %d\n", sum);
}

/* rep movsb and rep stosb over code. */
static void by_strings(void) {
  unsigned char *at = pages(1), code[6];
  int sum = 0;
  for (int i = 0; i < 100; i++) {
    constant(code, i * i);
    void *to = at, *from = code;
    long n = 6;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
    sum += ((function)at)();
    to = at + 1, n = 4;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(i & 3) : "memory");
    sum += ((function)at)() & 3;
  }
  printf("by strings %d\n", sum);
}

/* Each side of a fork has its own code. */
static void forked(void) {
  unsigned char *at = pages(1);
  constant(at, 5);
  ((function)at)();
  pid_t pid = fork();
  if (pid == 0) {
    constant(at, 6);
    _exit(((function)at)());
  }
  int status;
  waitpid(pid, &status, 0);
  printf("forked %d %d\n", WEXITSTATUS(status), ((function)at)());
}

/* Permissions come and go. */
static void by_permissions(void) {
  unsigned char *at = pages(1);
  constant(at, 1);
  int sum = ((function)at)();
  mprotect(at, 4096, PROT_READ | PROT_EXEC);
  sum += ((function)at)();
  mprotect(at, 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
  constant(at, 10);
  sum += ((function)at)();
  mprotect(at, 4096, PROT_READ | PROT_WRITE);
  constant(at, 100);
  mprotect(at, 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
  sum += ((function)at)();
  printf("by permissions %d\n", sum);
}

int main(void) {
  in_turn();
  hot_loop();
  next_instruction();
  data_beside();
  by_calls();
  over_the_edge();
  by_strings();
  forked();
  by_permissions();
  return 0;
}
