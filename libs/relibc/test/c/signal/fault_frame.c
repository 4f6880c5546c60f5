/* What a handler's ucontext says of a fault, and faults with a stack pointer that points nowhere. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <ucontext.h>

static sigjmp_buf back;
static char *page;
static volatile greg_t error, vector, cr2, selectors;
static volatile int code, has_address;

static void handler(int signal, siginfo_t *info, void *context)
{
  greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
  error = registers[REG_ERR];
  vector = registers[REG_TRAPNO];
  cr2 = registers[REG_CR2];
  selectors = registers[REG_CSGSFS];
  code = info->si_code;
  has_address = info->si_addr != NULL;
  siglongjmp(back, signal);
}

#define TOLD(what)                                                                                       \
  do {                                                                                                   \
    int signal = sigsetjmp(back, 1);                                                                     \
    if (signal == 0)                                                                                     \
      what;                                                                                              \
    else                                                                                                 \
      printf("%-40s signal %d code %d error %llx vector %lld selectors %llx\n", #what, signal, code,     \
             (long long)error, (long long)vector, (long long)selectors);                                 \
  } while (0)

#define WITH_STACK(pointer, instruction)                                                                 \
  __asm__ volatile("mov %%rsp, %%rbx\n movabs $" #pointer ", %%rsp\n " instruction "\n mov %%rbx, %%rsp" \
                   ::: "rax", "rbx", "memory")

int main(void)
{
  static char stack[65536];
  sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  for (int signal = 1; signal < 32; signal++)
    sigaction(signal, &action, NULL);
  page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  TOLD(raise(SIGUSR1));
  TOLD(*(volatile char *)8);
  printf("cr2 %lld\n", (long long)cr2);
  TOLD(*(volatile char *)8 = 1);
  printf("untouched %d\n", *page);
  TOLD(*(volatile char *)page = 1);
  printf("cr2 %d\n", cr2 == (greg_t)page);
  TOLD(((void (*)(void))page)());
  TOLD(((void (*)(void))8)());
  TOLD(__asm__ volatile("ud2"));
  TOLD(__asm__ volatile("int3"));
  printf("address %d\n", has_address);
  TOLD(__asm__ volatile("hlt"));
  TOLD(__asm__ volatile("xor %%ecx, %%ecx\n div %%ecx" ::: "rax", "rcx", "rdx"));
  TOLD(WITH_STACK(0x1000, "push %%rax"));
  TOLD(WITH_STACK(0x7f0000000000, "push %%rax"));
  TOLD(WITH_STACK(0x9000000000000000, "ud2"));
  return 0;
}
