/*
 * Executes single instructions on the host's processor. Standard input: a Header, the code area, the read-only page and the
 * cases; standard output: one Result per case, then both writable pages. Everything happens inside the handler of the signal
 * that ended the case before: it stores the machine state that the kernel saved and puts the next case's in its place.
 */
#define _GNU_SOURCE
#include <asm/prctl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { PAGE = 4096, FX = 512, MIDDLE = 512, TAIL = 128 };

typedef struct { uint64_t codeAt, codeSize, dataAt, fsBase, gsBase, cases; } Header;
typedef struct { uint64_t gpr[16], rip, rflags; uint8_t fx[FX], middle[MIDDLE], tail[TAIL]; } Case;
typedef struct { uint64_t gpr[16], rip, rflags, vector, code, address; uint8_t fx[FX], middle[MIDDLE], tail[TAIL]; } Result;

/* Encoding order of the general registers. */
static const int order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                              REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
static Header header;
static Case *cases;
static Result *results;
static uint64_t next, hostFs;
static uint8_t *writable;
static volatile sig_atomic_t started;
static greg_t hostRegisters[NGREG];
static uint8_t hostFx[FX];

/* Not the C library's: its thread pointer is not there while a case runs. */
static void copy(void *to, const void *from, size_t size) { __asm__ volatile("cld; rep movsb" : "+D"(to), "+S"(from), "+c"(size)::"memory"); }
static void base(int which, uint64_t value) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(SYS_arch_prctl), "D"(which), "S"(value) : "rcx", "r11", "memory");
}

static void handler(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)info;
  __asm__ volatile("pushf; andl $~0x40000, (%%rsp); popf" ::: "memory", "cc"); /* a case may have set AC */
  ucontext_t *uc = context;
  greg_t *registers = uc->uc_mcontext.gregs;
  uint8_t *fx = (uint8_t *)uc->uc_mcontext.fpregs;
  if (!started) {
    started = 1;
    copy(hostRegisters, registers, sizeof hostRegisters);
    copy(hostFx, fx, 464);
    base(ARCH_SET_FS, header.fsBase);
    base(ARCH_SET_GS, header.gsBase);
  } else {
    Result *out = &results[next++];
    for (int i = 0; i < 16; i++) out->gpr[i] = registers[order[i]];
    out->rip = registers[REG_RIP];
    out->rflags = registers[REG_EFL];
    out->vector = registers[REG_TRAPNO];
    out->code = registers[REG_ERR];
    out->address = registers[REG_CR2];
    copy(out->fx, fx, 464);
    copy(out->middle, writable + PAGE - MIDDLE / 2, MIDDLE);
    copy(out->tail, writable + 2 * PAGE - TAIL, TAIL);
  }
  if (next == header.cases) {
    base(ARCH_SET_FS, hostFs);
    copy(registers, hostRegisters, sizeof hostRegisters);
    copy(fx, hostFx, 464);
    return;
  }
  const Case *in = &cases[next];
  for (int i = 0; i < 16; i++) registers[order[i]] = in->gpr[i];
  registers[REG_RIP] = in->rip;
  registers[REG_EFL] = in->rflags;
  copy(fx, in->fx, 464);
  *(uint64_t *)(fx + FX) |= 3;
  copy(writable + PAGE - MIDDLE / 2, in->middle, MIDDLE);
  copy(writable + 2 * PAGE - TAIL, in->tail, TAIL);
}

static void *map(uint64_t at, size_t size, int protection) {
  void *got = mmap((void *)at, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (got != (void *)at) { fprintf(stderr, "cannot map %zu bytes at %#lx\n", size, at); exit(1); }
  return got;
}
static void get(void *to, size_t size) {
  if (fread(to, 1, size, stdin) != size) { fprintf(stderr, "input ends too early\n"); exit(1); }
}

int main(void) {
  get(&header, sizeof header);
  uint8_t *code = map(header.codeAt, header.codeSize, PROT_READ | PROT_WRITE);
  uint8_t *readable = map(header.dataAt, PAGE, PROT_READ | PROT_WRITE);
  writable = map(header.dataAt + PAGE, 2 * PAGE, PROT_READ | PROT_WRITE);
  map(header.dataAt + 4 * PAGE, PAGE, PROT_NONE);
  get(code, header.codeSize);
  get(readable, PAGE);
  mprotect(code, header.codeSize, PROT_READ | PROT_EXEC);
  mprotect(readable, PAGE, PROT_READ);
  cases = malloc(header.cases * sizeof *cases);
  results = malloc(header.cases * sizeof *results);
  get(cases, header.cases * sizeof *cases);
  memset(results, 0, header.cases * sizeof *results);
  syscall(SYS_arch_prctl, ARCH_GET_FS, &hostFs);

  stack_t stack = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
  sigaltstack(&stack, NULL);
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
  const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
  for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, NULL);
  __asm__ volatile("int3" ::: "memory");

  fwrite(results, sizeof *results, header.cases, stdout);
  fwrite(writable, PAGE, 2, stdout);
  return 0;
}
