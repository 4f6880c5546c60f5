/** Instructions that the engine counts, against single steps of the host's processor over the same bytes. */
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { nativeSteps } from '../../test/native/steps.ts'
import { assemble, CODE, DATA, machine } from '../../test/run-flat.ts'
import { Perm } from '../memory/guest-memory.ts'
import { Gpr, Hosted } from './exit.ts'
import { HandlerBook } from './handler-book.ts'

const PROGRAM = `
__asm__("call main\\n syscall");
typedef unsigned long u64; typedef unsigned char u8;
static __attribute__((noinline)) u64 fib(u64 n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
static __attribute__((noinline)) long pick(int kind, long x) {
  switch (kind) {
    case 0: return x + 3; case 1: return x * 5; case 2: return x ^ (x >> 7); case 3: return x / 3; case 4: return x % 1003; default: return ~x;
  }
}
u64 main(void) {
  volatile u8 *bytes = (u8 *)0x800000; u64 r = fib(12); long x = 99; double d = 1;
  for (int i = 0; i < 300; i++) { x = pick(i % 7, x); d = d / 3 + i; bytes[i] = (u8)x; }
  __asm__ volatile("rep movsb" : : "S"(0x800000l), "D"(0x801000l), "c"(200l) : "memory");
  __asm__ volatile("fldpi\\n fld1\\n faddp\\n fstpt (%0)" : : "r"(0x802000l) : "memory");
  return r + x + (u64)d;
}`

/** Registers start at 0 on both sides; cpuid, rdtsc and the like would differ. */
const PROGRAMS: Readonly<Record<string, Uint8Array>> = {
  'calls, switches, divisions, floats, strings': assemble(PROGRAM, 'c'),
  'repeated instructions, of no element too': assemble(`
    mov $${DATA}, %edi
    mov $9, %ecx
    rep stosb
    rep stosb
    mov $${DATA}, %edi
    mov $20, %ecx
    mov $1, %al
    repne scasb
    repe scasb
    mov $3, %ecx
    mov $${DATA}, %esi
    addr32 rep lodsb
    syscall`),
  'pushed flags, loops and jumps over nothing': assemble(`
    mov $5, %ecx
    1: pushf
    popf
    lahf
    sahf
    loop 1b
    jrcxz 2f
    nop
    2: jmp 3f
    3: sub $${DATA}, %rsp
    add $${DATA}, %rsp
    enter $16, $0
    leave
    stmxcsr -8(%rsp)
    ldmxcsr -8(%rsp)
    fxsave -0x400(%rsp)
    syscall`),
  'a write that faults behind ten instructions': assemble(
    'mov $5, %ecx\n 1: dec %ecx\n jnz 1b\n mov $0x12345678, %edi\n add %rax, (%rdi)\n syscall',
  ),
  'a division by zero': assemble('xor %ecx, %ecx\n mov $1, %eax\n cqo\n idiv %rcx\n syscall'),
  'a repeated move into a page that is not there': assemble(
    `mov $${DATA}, %esi\n mov $${DATA + 0xffff}, %edi\n mov $9, %ecx\n rep movsb\n syscall`,
  ),
  'an instruction that does not exist': assemble('nop\n nop\n ud2\n syscall'),
}

test.each(Object.entries(PROGRAMS))('%s', (_, code) => {
  const native = nativeSteps(code)
  for (const fuel of [2 ** 31 - 1, 1, 7]) {
    const cpu = machine(code, undefined, undefined, { count: true })
    let exit = cpu.run(fuel)
    while (exit.kind === 'fuel') exit = cpu.run(fuel)
    expect({ fuel, count: cpu.instructions, end: exit.kind === 'syscall' }).toEqual({
      fuel,
      count: native.count,
      end: native.end === 'syscall',
    })
  }
})

test('nothing is counted unless asked for', () => {
  const cpu = machine(PROGRAMS['a division by zero'])
  cpu.run(1000)
  expect(cpu.instructions).toBe(0n)
})

test('a hosted call is one instruction, and a fresh state goes on counting', () => {
  const code = assemble('call 1f\n call 1f\n syscall\n 1: .byte 0x0f, 0x3f\n .long 1')
  const cpu = machine(code, () => Hosted.done, undefined, { count: true })
  cpu.memory.protect(CODE, 4096, Perm.read | Perm.exec | Perm.gate)
  const { rip } = cpu.state
  const rsp = cpu.state.get(Gpr.rsp)
  expect(cpu.run(1000).kind).toBe('syscall')
  expect(cpu.instructions).toBe(5n)
  cpu.reset()
  cpu.state.rip = rip
  cpu.state.set(Gpr.rsp, rsp)
  cpu.run(1000)
  expect(cpu.instructions).toBe(10n)
})

test('counting and plain handlers are kept apart in one cache', () => {
  const kept = new Map<string, Uint8Array>()
  const cache = {
    get: (key: string) => kept.get(key),
    size: (key: string) => kept.get(key)?.length ?? 0,
    put: (key: string, value: Uint8Array) => void kept.set(key, value),
    sum: crc32,
  }
  const code = PROGRAMS['repeated instructions, of no element too']
  const counts = [true, false, true, false].map((count) => {
    const handlers = new HandlerBook(cache, count)
    const cpu = machine(code, undefined, undefined, { count, handlers })
    cpu.run(1000)
    handlers.store(cpu.memory.memory)
    return cpu.instructions
  })
  expect(counts).toEqual([nativeSteps(code).count, 0n, nativeSteps(code).count, 0n])
  expect(kept.size).toBe(2)
})
