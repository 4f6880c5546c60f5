import { expect, test } from 'vitest'
import { runProgram } from '../../test/x86-machine.ts'

const exited = (status: number) => ({ kind: 'ended', status, signal: 0 })
/** Programs of 2026 end through their process descriptor. */
const end = `
  exit: mov %rdi, DATA+0xff08
  movq $2, DATA+0xff00
  sys OPENAT_INTO, $-100, $proc, $17, $0x30000, $0, $900
  sys CALL, $900, $0, $0, $2, $DATA+0xff00, $0
  ud2
  proc: .ascii "/scheme/proc/self"
`
const run = (source: string, files = {}) => runProgram(`${source}\n${end}`, { era: '2026-08', files })

test('2026: a file is opened into a slot, read at an offset, and the slot is taken', () => {
  const { ended, output, gaps } = run(
    `
    sys OPENAT_INTO, $-100, $path, $5, $0x10000, $0, $40
    mov $1, %edi
    test %rax, %rax
    js exit
    sys OPENAT_INTO, $-100, $path, $5, $0x10000, $0, $40
    mov $2, %edi
    cmp $-17, %rax
    jne exit
    sys READ2, $40, $DATA, $64, $4, $-1
    sys WRITE, $1, $DATA, %rax
    mov %rax, %rdi
    jmp exit
    path: .ascii "/motd"
  `,
    { motd: 'the file' },
  )
  expect(gaps).toEqual([])
  expect(output).toBe('file')
  expect(ended).toEqual(exited(4))
})

test('2026: anonymous memory is mapped, moved with its bytes, and unmapped', () => {
  const { ended, gaps } = run(`
    sys FMAP, $-1, $map, $32
    mov %rax, %rbx
    mov $1, %edi
    test %rax, %rax
    js exit
    movb $33, 4095(%rbx)
    sys MREMAP, %rbx, $4096, $0, $0x4000, $0
    mov $2, %edi
    test %rax, %rax
    js exit
    mov %rax, %rbx
    movzbl 4095(%rbx), %r12d
    movb $1, 0x3fff(%rbx)
    sys FUNMAP, %rbx, $0x4000
    mov $3, %edi
    test %rax, %rax
    jnz exit
    mov %r12, %rdi
    jmp exit
    .balign 8
    map: .quad 0, 4096, 0x60002, 0
  `)
  expect(gaps).toEqual([])
  expect(ended).toEqual(exited(33))
})

test('2026: the clock goes on by a sleep', () => {
  const { ended } = run(`
    sys CLOCK_GETTIME, $4, $DATA
    sys NANOSLEEP, $time, $0
    sys CLOCK_GETTIME, $4, $DATA+16
    mov DATA+16, %rdi
    sub DATA, %rdi
    jmp exit
    .balign 8
    time: .quad 3, 0
  `)
  expect(ended).toEqual(exited(3))
})

test('2022 has fmap and funmap of today beside the old ones, and the calls of 2019', () => {
  const { ended, gaps, trace } = runProgram(
    `
    sys FMAP, $-1, $map, $32
    mov %rax, %rbx
    movb $7, 8191(%rbx)
    lea 4096(%rbx), %r12
    sys FUNMAP, %r12, $4096
    expect $0, 1
    sys FMAP_OLD, $-1, $map, $24
    mov %rax, %r13
    movb $9, (%r13)
    sys FUNMAP_OLD, %r13
    expect $0, 2
    sys OPEN, $name, $5, $0x10000
    mov %rax, %rdi
    sys CLOSE, %rdi
    expect $0, 3
    sys OPEN, $nothing, $8, $0x10000
    expect $-19, 4
    sys EXIT, $0
    .balign 8
    map: .quad 0, 8192, 0x60002, 0
    name: .ascii "null:"
    nothing: .ascii "nothing:"
  `,
    { era: '2022-03' },
  )
  expect([ended, gaps]).toEqual([{ kind: 'ended', status: 0, signal: 0 }, []])
  expect(trace.map((line) => line.replace(/^1 (\w+).*/, '$1'))).toEqual([
    'FMAP',
    'FUNMAP',
    'FMAP_OLD',
    'FUNMAP_OLD',
    'OPEN',
    'CLOSE',
    'OPEN',
    'EXIT',
  ])
})
