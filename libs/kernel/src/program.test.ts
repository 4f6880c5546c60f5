import { describe, expect, test } from 'vitest'
import { runProgram } from '../test/x86-machine.ts'

const exited = (status: number) => ({ kind: 'ended', status, signal: 0 })
const killed = (signal: number) => ({ kind: 'ended', status: 0, signal })

test('hello writes and exits with the count', () => {
  const { ended, output } = runProgram(`
    sys WRITE, $1, $text, $6
    sys EXIT, %rax
    text: .ascii "hello\\n"
  `)
  expect(output).toBe('hello\n')
  expect(ended).toEqual(exited(6))
})

test('in 2026-08 there is no exit number; hello still writes and its last call is a gap', () => {
  const { ended, output, gaps } = runProgram(
    `
    sys WRITE, $1, $text, $6
    mov $1, %eax
    syscall
    expect $-38, 0
    int3
    text: .ascii "hello\\n"
  `,
    { era: '2026-08' },
  )
  expect(output).toBe('hello\n')
  expect(gaps).toEqual(['upstream syscall: 0x1'])
  expect(ended).toEqual(killed(5))
})

test('a file of a layer is opened, measured and read', () => {
  const { ended, output } = runProgram(
    `
    sys OPEN, $path, $5, $0x10000
    mov %rax, %rbx
    sys FSTAT, %rbx, $DATA, $104
    expect $0, 1
    mov DATA+32, %r12
    sys READ, %rbx, $DATA+256, $4096
    expect %r12, 2
    sys WRITE, $1, $DATA+256, %rax
    sys CLOSE, %rbx
    sys EXIT, %r12
    path: .ascii "/motd"
  `,
    { files: { motd: 'a file of the layer' } },
  )
  expect(output).toBe('a file of the layer')
  expect(ended).toEqual(exited(19))
})

describe('faults end a program by their signal', () => {
  test.each([
    ['a write behind an anonymous mapping’s guard page', 11, `mov $DATA+0x10000, %edi\n movb $1, (%rdi)`],
    ['a write into its own code', 11, `movb $1, _start(%rip)`],
    ['a wild jump', 11, `mov $0xbad0000, %eax\n jmp *%rax`],
    ['a jump into data', 11, `mov $DATA, %eax\n jmp *%rax`],
    ['a non-canonical address', 11, `movabs $0x8000000000000000, %rax\n mov (%rax), %ebx`],
    ['a division by zero', 8, `xor %edx, %edx\n xor %ecx, %ecx\n mov $1, %eax\n div %ecx`],
    ['a quotient that does not fit', 8, `mov $1, %edx\n mov $1, %ecx\n xor %eax, %eax\n div %ecx`],
    ['ud2', 4, `ud2`],
    ['int3', 5, `int3`],
    ['a stack without bottom', 11, `1: push %rax\n jmp 1b`],
  ])('%s', (_name, signal, source) => {
    expect(runProgram(source).ended).toEqual(killed(signal))
  })
})

test('an endless loop ends with the budget, and goes on with the next one', () => {
  const { ended, kernel } = runProgram(`1: inc %rbx\n jmp 1b`, { budget: 250_000 })
  expect(ended).toEqual({ kind: 'budget' })
  // An engine may end a turn one unit late.
  expect(Math.abs(kernel.fuel - 250_000)).toBeLessThan(4)
  expect(kernel.run({ budget: 1000 })).toEqual({ kind: 'budget' })
  expect(Math.abs(kernel.fuel - 251_000)).toBeLessThan(5)
})

describe('mappings', () => {
  test('a grant of the memory scheme is zero, writable, and gone after funmap', () => {
    const { ended } = runProgram(`
      sys OPEN, $path, $7, $0x30000
      mov %rax, %rbx
      sys FMAP, %rbx, $map, $24
      mov %rax, %r12
      test %rax, %rax
      js 1f
      cmpq $0, 4096(%r12)
      jne 1f
      movq $42, 4096(%r12)
      sys FUNMAP, %r12
      expect $0, 1
      mov 4096(%r12), %rdi
      1: sys EXIT, $2
      path: .ascii "memory:"
      .balign 8
      map: .quad 0, 8192, 0x60002
    `)
    expect(ended).toEqual(killed(11))
  })

  test('mprotect makes a guard page', () => {
    const { ended } = runProgram(`
      sys MPROTECT, $DATA+4096, $4096, $0
      expect $0, 1
      movb $1, DATA+4095
      movb $1, DATA+4096
      sys EXIT, $2
    `)
    expect(ended).toEqual(killed(11))
  })
})

describe('processes', () => {
  const forkWait = `
    sys CLONE, $0
    test %rax, %rax
    jz child
    mov %rax, %rbx
    movb $1, DATA
    sys WAITPID, %rbx, $DATA+8, $0
    expect %rbx, 1
    mov DATA+8, %rdi
    shr $8, %rdi
    sys EXIT, %rdi
    child:
    movzbl DATA, %edi
    add $7, %edi
    sys EXIT, %rdi
  `
  test('fork copies memory, and waitpid gives the child’s status', () => {
    expect(runProgram(forkWait).ended).toEqual(exited(7))
  })

  test('a child that divides by zero is told as a signal', () => {
    const { ended } = runProgram(`
      sys CLONE, $0
      test %rax, %rax
      jz child
      sys WAITPID, %rax, $DATA, $0
      mov DATA, %rdi
      and $0x7f, %rdi
      sys EXIT, %rdi
      child: xor %ecx, %ecx
      idiv %ecx
    `)
    expect(ended).toEqual(exited(8))
  })

  test('a signal reaches a process that never calls the kernel', () => {
    const { ended } = runProgram(`
      sys SIGACTION, $10, $action, $0, $restorer
      sys CLONE, $0
      test %rax, %rax
      jz child
      mov %rax, %rbx
      mov $300000, %ecx
      1: dec %ecx
      jnz 1b
      sys KILL, %rbx, $10
      sys WAITPID, %rbx, $DATA, $0
      movzbl DATA+1, %edi
      sys EXIT, %rdi
      child: jmp child
      handler: lea 23(%rdi), %rdi
      sys EXIT, %rdi
      restorer: sys SIGRETURN
      .balign 8
      action: .quad handler, 0, 0, 0
    `)
    expect(ended).toEqual(exited(33))
  })

  test('a write to a pipe that nobody reads is SIGPIPE', () => {
    const { ended } = runProgram(`
      sys PIPE2, $DATA, $0
      sys CLOSE, DATA
      sys WRITE, DATA+8, $DATA, $1
      sys EXIT, $1
    `)
    expect(ended).toEqual(killed(13))
  })

  const pipe = `
    sys PIPE2, $DATA, $0
    expect $0, 1
    sys CLONE, $0
    test %rax, %rax
    jz child
    sys CLOSE, DATA+8
    1: sys READ, DATA, $DATA+64, $64
    test %rax, %rax
    jz 2f
    js 3f
    sys WRITE, $1, $DATA+64, %rax
    jmp 1b
    2: sys WAITPID, $-1, $0, $0
    sys EXIT, $0
    3: sys EXIT, $3
    child:
    mov $3, %ebx
    4: sys WRITE, DATA+8, $text, $5
    sys YIELD
    dec %ebx
    jnz 4b
    sys EXIT, $0
    text: .ascii "ping "
  `
  test('a pipe carries bytes from child to parent until it is closed', () => {
    const { ended, output } = runProgram(pipe)
    expect(output).toBe('ping ping ping ')
    expect(ended).toEqual(exited(0))
  })

  test.each([
    ['fork', forkWait],
    ['pipe', pipe],
  ])('the same seed gives the same trace and fuel: %s', (_name, source) => {
    const [one, two] = [runProgram(source, { seed: 7 }), runProgram(source, { seed: 7 })]
    expect(one.trace.length).toBeGreaterThan(1)
    expect(two.trace).toEqual(one.trace)
    expect(two.kernel.fuel).toBe(one.kernel.fuel)
  })
})
