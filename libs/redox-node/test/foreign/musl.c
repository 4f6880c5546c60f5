// flags: -static -nostdlib -s
/* What musl's crt1 does before its C part, and no more of it. */
__asm__(".globl _start\n"
        "_start:\n"
        "  xor %rbp, %rbp\n"
        "  mov %rsp, %rdi\n"
        ".weak _DYNAMIC\n.hidden _DYNAMIC\n"
        "  lea _DYNAMIC(%rip), %rsi\n"
        "  andq $-16, %rsp\n"
        "  call begin\n");

void begin(void) { for (;;); }
