import { describe, expect, test } from 'vitest'
import { type Gates, runProgram } from '../../test/x86-machine.ts'
import { SA } from '../index.ts'

const exited = (status: number) => ({ kind: 'ended', status, signal: 0 })
const killed = (signal: number) => ({ kind: 'ended', status: 0, signal })
const gates: Gates = {
  sigaction(kernel, cx, signal, handler, flags) {
    const old = kernel.calls.sigaction(cx, signal, { handler, flags: flags | SA.SIGINFO, restorer: 0, mask: 0n })
    return typeof old === 'number' ? old : 0
  },
  altstack(kernel, cx, sp, size) {
    const old = kernel.calls.sigaltstack(cx, { sp, size, flags: 0 })
    return typeof old === 'number' ? old : 0
  },
  clone: (kernel, cx, entry, argument, stackTop) => kernel.calls.clone(cx, entry, argument, stackTop, 0),
}
const run = (source: string) => runProgram(source, { gates })
const on = (signal: number, flags = 0) => `
  mov $${signal}, %edi
  mov $handler, %esi
  mov $${flags}, %edx
  mov $gate_sigaction, %eax
  call *%rax
  expect $0, 101
`

/** ucontext: general registers from 40, rip at 168, pointer to the FXSAVE area at 224. siginfo: address at 16. */
const RIP = 168
const FPSTATE = 224

describe('a handler of a fault', () => {
  test('sees the address and the instruction of a guard page hit, and skips it', () => {
    const { ended } = run(`
      sys MPROTECT, $DATA+4096, $4096, $0
      ${on(11)}
      mov $DATA, %ebx
      fault: movl $7, 4096+24(%rbx)
      behind: sys EXIT, DATA+32
      handler: cmpq $DATA+4096+24, 16(%rsi)
      jne bad
      cmpl $2, 8(%rsi)
      jne bad
      cmpq $fault, ${RIP}(%rdx)
      jne bad
      movl $42, DATA+32
      movq $behind, ${RIP}(%rdx)
      ret
      bad: sys EXIT, $99
    `)
    expect(ended).toEqual(exited(42))
  })

  test.each([
    ['a division by zero', 8, 'xor %ecx, %ecx\n mov $1, %eax\n cqo\n fault: idiv %rcx'],
    ['ud2', 4, 'fault: ud2'],
    ['a read of nothing', 11, 'xor %ebx, %ebx\n fault: mov (%rbx), %eax'],
  ])('gets the exact rip: %s', (_name, signal, source) => {
    const { ended } = run(`
      ${on(signal)}
      ${source}
      handler: cmp $${signal}, %edi
      jne 1f
      cmpq $fault, ${RIP}(%rdx)
      jne 1f
      sys EXIT, $43
      1: sys EXIT, $99
    `)
    expect(ended).toEqual(exited(43))
  })

  test('sees where a wild jump went', () => {
    const { ended } = run(`
      ${on(11)}
      mov $0xbad0000, %eax
      jmp *%rax
      handler: cmpq $0xbad0000, ${RIP}(%rdx)
      jne 1f
      cmpq $0xbad0000, 16(%rsi)
      jne 1f
      sys EXIT, $44
      1: sys EXIT, $99
    `)
    expect(ended).toEqual(exited(44))
  })

  test('runs on the alternate stack when the stack has no bottom left', () => {
    const source = (flags: number) => `
      mov $DATA+0x8000, %edi
      mov $0x4000, %esi
      mov $gate_altstack, %eax
      call *%rax
      ${on(11, flags)}
      1: push %rax
      jmp 1b
      handler: cmp $DATA+0x8000, %rsp
      jb 2f
      sys EXIT, $45
      2: sys EXIT, $99
    `
    expect(run(source(SA.ONSTACK)).ended).toEqual(exited(45))
    expect(run(source(0)).ended).toEqual(killed(11))
  })

  test('that faults itself ends the program', () => {
    expect(run(`${on(4)}\n ud2\n handler: ud2`).ended).toEqual(killed(4))
  })
})

test('sse registers and flags survive a handler, except what it writes into its frame', () => {
  const { ended } = run(`
    ${on(4)}
    movabs $0x1122334455667788, %rbx
    movq %rbx, %xmm0
    movq %rbx, %xmm15
    stc
    ud2
    jnc bad
    movq %xmm0, %rax
    cmp %rbx, %rax
    jne bad
    movq %xmm15, %rdi
    sys EXIT, %rdi
    handler: mov ${FPSTATE}(%rdx), %rcx
    movabs $0x1122334455667788, %rax
    cmp %rax, 160(%rcx)
    jne bad
    xorps %xmm0, %xmm0
    movq $46, 160+15*16(%rcx)
    addq $2, ${RIP}(%rdx)
    ret
    bad: sys EXIT, $99
  `)
  expect(ended).toEqual(exited(46))
})

test('a frame with an impossible mxcsr is a fault', () => {
  const { ended } = run(`
    ${on(4)}
    ud2
    handler: mov ${FPSTATE}(%rdx), %rcx
    movl $-1, 24(%rcx)
    addq $2, ${RIP}(%rdx)
    ret
  `)
  expect(ended).toEqual(killed(11))
})

const threads = `
  mov $thread, %edi
  mov $5, %esi
  mov $DATA+0x8000, %edx
  mov $gate_clone, %eax
  call *%rax
  1: mov DATA, %eax
  test %eax, %eax
  jnz 2f
  sys FUTEX, $DATA, $0, $0, $0
  jmp 1b
  2: sys EXIT, %rax
  thread: mov $1000, %ecx
  3: dec %ecx
  jnz 3b
  lea 40(%rdi), %eax
  mov %eax, DATA
  sys FUTEX, $DATA, $1, $1
  4: sys YIELD
  jmp 4b
`
test('a second context wakes the first by a futex', () => {
  const { ended, trace } = run(threads)
  expect(ended).toEqual(exited(45))
  expect(trace.filter((line) => line.includes('FUTEX') && line.includes(' = ')).map((line) => line.split(' = ')[1])).toEqual(['1', '0'])
})

test('two runs with contexts are the same to the unit of fuel', () => {
  const [one, two] = [run(threads), run(threads)]
  expect(two.trace).toEqual(one.trace)
  expect(two.kernel.fuel).toBe(one.kernel.fuel)
})

test('nobody wakes a futex: deadlock', () => {
  expect(run('sys FUTEX, $DATA, $0, $0, $0').ended).toMatchObject({ kind: 'deadlock', blocked: [1] })
})
