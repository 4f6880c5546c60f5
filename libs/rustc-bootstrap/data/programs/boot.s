# The smallest program that shows a node booted: it exits with 42, by Redox's exit call.
# Redox system calls as of 2019-11: number in rax, arguments in rdi, rsi, rdx.
.set SYS_EXIT, 1
.globl _start
_start:
    mov $SYS_EXIT, %eax
    mov $42, %edi
    syscall
    ud2
