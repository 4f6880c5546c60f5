// Counts the instructions that the host's processor executes of a flat program, by single steps.
// usage: steps FILE CODE DATA STACK RSP; prints the count and why it ended: "syscall" behind one, or a signal's number before one that faults.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

static void *map(uintptr_t at, size_t size, int prot) {
  void *got = mmap((void *)at, size, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (got != (void *)at) { perror("mmap"); exit(2); }
  return got;
}

// A repeated string instruction stops the stepping after each element.
static int repeated(const unsigned char *p) {
  int rep = 0;
  for (;; p++) {
    if (*p == 0xf2 || *p == 0xf3) rep = 1;
    else if (*p != 0x66 && *p != 0x67 && *p != 0x64 && *p != 0x65 && (*p & 0xf0) != 0x40) break;
  }
  return rep && ((*p >= 0xa4 && *p <= 0xa7) || (*p >= 0xaa && *p <= 0xaf));
}

int main(int argc, char **argv) {
  static unsigned char code[1 << 20];
  FILE *file = fopen(argv[1], "rb");
  if (argc != 6 || !file) return 2;
  size_t length = fread(code, 1, sizeof code, file);
  uintptr_t at = strtoul(argv[2], 0, 0), data = strtoul(argv[3], 0, 0), stack = strtoul(argv[4], 0, 0), rsp = strtoul(argv[5], 0, 0);
  pid_t child = fork();
  if (child == 0) {
    memcpy(map(at, (length + 0x100f) & ~(size_t)0xfff, PROT_READ | PROT_WRITE | PROT_EXEC), code, length);
    map(data, 0x10000, PROT_READ | PROT_WRITE);
    map(stack, 0x10000, PROT_READ | PROT_WRITE);
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGSTOP);
    _exit(3);
  }
  int status;
  waitpid(child, &status, 0);
  struct user_regs_struct regs;
  ptrace(PTRACE_GETREGS, child, 0, &regs);
  regs.rip = at;
  regs.rsp = rsp;
  regs.rax = regs.rbx = regs.rcx = regs.rdx = regs.rsi = regs.rdi = regs.rbp = regs.r8 = regs.r9 = regs.r10 = regs.r11 = 0;
  regs.orig_rax = -1;
  ptrace(PTRACE_SETREGS, child, 0, &regs);
  unsigned long count = 0;
  for (;;) {
    uintptr_t before = regs.rip;
    const unsigned char *here = code + (before - at);
    if (here[0] == 0x0f && here[1] == 0x05) { count++; printf("%lu syscall\n", count); break; }
    ptrace(PTRACE_SINGLESTEP, child, 0, 0);
    waitpid(child, &status, 0);
    if (!WIFSTOPPED(status)) return 3;
    if (WSTOPSIG(status) != SIGTRAP) { printf("%lu %d\n", count, WSTOPSIG(status)); break; }
    ptrace(PTRACE_GETREGS, child, 0, &regs);
    if (regs.rip != before || !repeated(here)) count++;
  }
  kill(child, SIGKILL);
  return 0;
}
