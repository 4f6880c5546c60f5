import { describe, expect, test } from 'vitest'
import { runProgram } from '../../test/x86-machine.ts'

const exited = (status: number) => ({ kind: 'ended', status, signal: 0 })
const killed = (signal: number) => ({ kind: 'ended', status: 0, signal })

test('brk grows and shrinks the heap', () => {
  const grow = `
    sys BRK, $0
    mov %rax, %rbx
    lea 10000(%rbx), %r12
    sys BRK, %r12
    expect %r12, 1
    cmpb $0, 9999(%rbx)
    jne 1f
    movb $5, 9999(%rbx)
    lea 100(%rbx), %r12
    sys BRK, %r12
    expect %r12, 2
    sys BRK, $0
    expect %r12, 3
    movzbl 100(%rbx), %edi
  `
  expect(runProgram(`${grow}\n sys EXIT, %rdi\n 1: sys EXIT, $9`).ended).toEqual(exited(0))
  expect(runProgram(`${grow}\n movzbl 9999(%rbx), %edi\n 1: sys EXIT, $9`).ended).toEqual(killed(11))
  expect(runProgram('sys BRK, $4096\n expect $-12, 1\n sys EXIT, $0').ended).toEqual(exited(0))
  expect(runProgram('mov $0xe0000000, %ebx\n sys BRK, %rbx\n expect $-12, 1\n sys EXIT, $0').ended).toEqual(exited(0))
})

describe('signals', () => {
  const action = `
    .balign 8
    action: .quad handler, 0, 0, 0
    restorer: sys SIGRETURN
  `
  test('a handler runs between two instructions and sigreturn goes back', () => {
    const { ended, gaps } = runProgram(`
      sys SIGACTION, $10, $action, $0, $restorer
      expect $0, 1
      sys GETPID
      mov $0x1234, %ebx
      sys KILL, %rax, $10
      expect $0, 2
      cmp $0x1234, %rbx
      jne 1f
      movzbl DATA, %edi
      1: sys EXIT, %rdi
      handler: mov %dil, DATA
      xor %ebx, %ebx
      ret
      ${action}
    `)
    expect(gaps).toEqual([])
    expect(ended).toEqual(exited(10))
  })

  test('a blocked signal waits until sigprocmask lets it through', () => {
    const { ended } = runProgram(`
      sys SIGACTION, $10, $action, $0, $restorer
      sys SIGPROCMASK, $0, $set, $0
      sys GETPID
      sys KILL, %rax, $10
      cmpb $0, DATA
      jne 1f
      sys SIGPROCMASK, $1, $set, $DATA+64
      mov DATA+64, %rax
      expect $0x200, 3
      movzbl DATA, %edi
      1: sys EXIT, %rdi
      handler: mov %dil, DATA
      ret
      .balign 8
      set: .quad 0x200, 0
      ${action}
    `)
    expect(ended).toEqual(exited(10))
  })

  test('the old action is told', () => {
    const { ended } = runProgram(`
      sys SIGACTION, $10, $action, $0, $restorer
      sys SIGACTION, $10, $0, $DATA, $0
      mov DATA, %rax
      expect $handler, 1
      sys SIGACTION, $9, $action, $0, $restorer
      expect $-22, 2
      sys SIGACTION, $10, $0x50, $0, $0
      expect $-14, 3
      sys EXIT, $0
      handler: ret
      ${action}
    `)
    expect(ended).toEqual(exited(0))
  })

  test('a fault ends the program although it has a handler', () => {
    const { ended } = runProgram(`
      sys SIGACTION, $4, $action, $0, $restorer
      ud2
      handler: sys EXIT, $1
      ${action}
    `)
    expect(ended).toEqual(killed(4))
  })

  test('sigreturn without a frame is a fault, not an accident of the host', () => {
    expect(runProgram('mov $0x10, %esp\n sys SIGRETURN\n sys EXIT, $1').ended).toEqual(killed(11))
  })
})

describe('fexec', () => {
  const start = (args: string) => `
    sys OPEN, $path, $5, $0x10000
    mov %rax, %rbx
    sys FEXEC, %rbx, $args, ${args}, $0, $0
    neg %eax
    sys EXIT, %rax
    path: .ascii "/next"
    .balign 8
    args: .quad path, 5, path, 5000
  `
  const programs = { '/next': 'sys EXIT, $77' }
  test('replaces the program by the file of a descriptor', () => {
    expect(runProgram(start('$1'), { programs, files: { next: '' } }).ended).toEqual(exited(77))
  })
  test('more than 4095 bytes of arguments are E2BIG', () => {
    expect(runProgram(start('$2'), { programs, files: { next: '' } }).ended).toEqual(exited(7))
  })
})

test('fevent wants a descriptor', () => {
  expect(runProgram('sys FEVENT, $1, $1\n expect $0, 1\n sys FEVENT, $77, $1\n expect $-9, 2\n sys EXIT, $0').ended).toEqual(exited(0))
})

test('a cloned thread goes on behind the call on its own stack, and its exit is its own', () => {
  const source = `
    mov $6, %ebx
    sys CLONE, $0x10000f00, $DATA+0x8000
    test %rax, %rax
    jz thread
    cmp $2, %rax
    jne bad
    1: sys FUTEX, $DATA, $0, $0, $0
    mov DATA, %edi
    test %edi, %edi
    jz 1b
    sys EXIT, %rdi
    thread: cmp $DATA+0x8000, %rsp
    jne bad
    sys GETPID
    add %ebx, %eax
    mov %eax, DATA
    sys FUTEX, $DATA, $1, $1
    sys EXIT, $50
    bad: sys EXIT, $99
  `
  const { ended, gaps } = runProgram(source)
  expect(ended).toEqual(exited(8))
  expect(gaps).toEqual([])
})

test('clone flags that nobody used are EINVAL and a gap', () => {
  const { ended, gaps } = runProgram('sys CLONE, $0x100, $0\n expect $-22, 1\n sys EXIT, $0')
  expect(ended).toEqual(exited(0))
  expect(gaps).toEqual(['behaviour unsupported: clone'])
})

test('a superuser that gave up its ids cannot take them back', () => {
  const { ended } = runProgram(`
    sys SETREGID, $-1, $7
    expect $0, 1
    sys SETREUID, $1000, $1000
    expect $0, 2
    sys SETREUID, $-1, $0
    expect $-1, 3
    sys GETUID
    expect $1000, 4
    sys GETEGID
    sys EXIT, %rax
  `)
  expect(ended).toEqual(exited(7))
})

test('times of a file are set, and its file system measured', () => {
  const { ended } = runProgram(
    `
    sys OPEN, $path, $5, $0x30000
    mov %rax, %rbx
    sys FUTIMENS, %rbx, $times, $32
    expect $0, 1
    sys FSTAT, %rbx, $DATA, $104
    mov DATA+56, %rax
    expect $200, 2
    mov DATA+72, %rax
    expect $100, 3
    sys FUTIMENS, %rbx, $0x50, $32
    expect $-14, 4
    sys FSTATVFS, %rbx, $DATA, $32
    expect $0, 5
    mov DATA, %eax
    shr $8, %eax
    sys EXIT, %rax
    path: .ascii "/file"
    .balign 8
    times: .quad 100, 0, 200, 0
  `,
    { files: { file: 'x' } },
  )
  expect(ended).toEqual(exited(4096 >> 8))
})
