import { expect, test } from 'vitest'
import { assemble, CODE, DATA, machine, runFlat, STACK } from '../../test/run-flat.ts'
import { ENGINE_BASE, ENGINE_END, NEAR_END, Perm } from '../memory/guest-memory.ts'
import { createCpu } from './engine.ts'
import { Gpr, Hosted } from './exit.ts'
import { DECODER, DECODER_END, DIRECTORY, RECORDS } from './op-record.ts'
import { DECODER_WORDS } from './quick-decoder.ts'

test('recursion by call and ret computes fib', () => {
  const { cpu, exit } = runFlat(
    assemble(`
    mov $20, %edi
    call fib
    syscall
    fib: push %rbx
    push %rbp
    mov %edi, %ebx
    mov %edi, %eax
    cmp $2, %edi
    jb 1f
    lea -1(%rbx), %edi
    call fib
    mov %rax, %rbp
    lea -2(%rbx), %edi
    call fib
    add %rbp, %rax
    1: pop %rbp
    pop %rbx
    ret
  `),
  )
  expect(exit).toEqual({ kind: 'syscall', int80: false })
  expect(cpu.state.get(Gpr.rax)).toBe(6765n)
})

test('a write to an unmapped address faults at the instruction with nothing changed', () => {
  const { cpu, exit } = runFlat(assemble('mov $0x12345678, %edi\n mov $7, %eax\n add %rax, 8(%rdi)\n syscall'))
  expect(exit).toEqual({ kind: 'fault', fault: { vector: 14, address: 0x12345680n, code: 6, rip: 0x40000an } })
  expect(cpu.state.get(Gpr.rax)).toBe(7n)
})

test('a non-canonical address is a general protection fault', () => {
  const { exit } = runFlat(assemble('movabs $0x8000000000000000, %rdi\n mov (%rdi), %eax\n syscall'))
  expect(exit).toMatchObject({ kind: 'fault', fault: { vector: 13 } })
})

test('a division by zero is #DE', () => {
  const { exit } = runFlat(assemble('xor %ecx, %ecx\n mov $1, %eax\n cqo\n idiv %rcx\n syscall'))
  expect(exit).toMatchObject({ kind: 'fault', fault: { vector: 0 } })
})

test('rep stosb and rep movsq fill and copy', () => {
  const { cpu } = runFlat(
    assemble(`
    mov $${DATA}, %edi
    mov $0x5a, %eax
    mov $64, %ecx
    rep stosb
    mov $${DATA}, %esi
    mov $${DATA + 256}, %edi
    mov $8, %ecx
    rep movsq
    syscall
  `),
  )
  expect([...cpu.memory.bytes(DATA + 256, 65)]).toEqual([...Array(64).fill(0x5a), 0])
})

test('fuel ends a loop, and it resumes where it was', () => {
  const code = assemble('mov $100, %ecx\n 1: inc %eax\n dec %ecx\n jnz 1b\n syscall')
  const cpu = machine(code)
  expect(cpu.run(10)).toEqual({ kind: 'fuel' })
  expect(cpu.state.low(Gpr.rax)).toBeLessThan(100)
  expect(cpu.run(1000).kind).toBe('syscall')
  expect(cpu.state.low(Gpr.rax)).toBe(100)
})

test('the interpreter alone translates nothing, however often code runs; a short run of both engines neither', () => {
  const code = assemble('mov $300000, %ecx\n 1: inc %eax\n dec %ecx\n jnz 1b\n syscall')
  for (const engine of ['interpreter', 'mixed'] as const) {
    const cpu = machine(code, undefined, undefined, { engine })
    expect(cpu.run(1_000_000).kind).toBe('syscall')
    expect(cpu.counters().translatedFunctions).toBe(0)
  }
})

test('a gate calls the host only in a gate page', () => {
  const code = assemble('call 1f\n syscall\n 1: .byte 0x0f, 0x3f, 42, 0, 0, 0')
  const ids: number[] = []
  const cpu = machine(code, (id) => {
    ids.push(id)
    return Hosted.done
  })
  expect(cpu.run(10)).toMatchObject({ kind: 'fault', fault: { vector: 6 } })
  cpu.memory.protect(0x40_0000, 4096, Perm.read | Perm.exec | Perm.gate)
  expect(cpu.run(10).kind).toBe('syscall')
  expect(ids).toEqual([42])
})

test('rewritten code runs as it now is once codeChanged said so', () => {
  const cpu = machine(assemble('mov $1, %eax\n syscall'))
  const start = cpu.state.rip
  cpu.run(10)
  cpu.memory.setU8(Number(start) + 1, 7)
  cpu.codeChanged(Number(start), 16)
  cpu.state.rip = start
  cpu.run(10)
  expect(cpu.state.low(Gpr.rax)).toBe(7)
})

test('flags survive pushf and popf', () => {
  const { cpu, exit } = runFlat(assemble('mov $5, %eax\n cmp $5, %eax\n pushf\n inc %eax\n popf\n sete %al\n lahf\n syscall'))
  expect(exit.kind).toBe('syscall')
  expect(cpu.state.low(Gpr.rax)).toBe(0x4601)
})

test('a branch cut short by fuel is not linked to where rip was moved', () => {
  const cpu = machine(assemble('mov $5, %ecx\n 1: inc %eax\n dec %ecx\n jnz 1b\n syscall\n mov $1, %edx\n syscall'))
  const start = cpu.state.rip
  expect(cpu.run(1).kind).toBe('fuel')
  cpu.state.rip = start + 13n
  cpu.run(100)
  expect(cpu.state.low(Gpr.rdx)).toBe(1)
  cpu.state.rip = start
  cpu.state.setNumber(Gpr.rax, 0)
  cpu.run(100)
  expect(cpu.state.low(Gpr.rax)).toBe(5)
})

test('more shapes than the handler table holds are made anew', () => {
  const code: number[] = []
  for (const prefix of [[], [0x64], [0x65], [0x67], [0x64, 0x67], [0x65, 0x67]]) {
    for (const kind of [[0x66], [0xf2], [0xf3]])
      for (let n = 0; n < 256; n++) code.push(...prefix, ...kind, 0x0f, 0x70, 0x06, n, 0x66, 0x0f, 0xc6, 0x06, n, 0x0f, 0xc6, 0x06, n)
    for (let n = 0; n < 256; n++)
      code.push(
        ...prefix,
        0x0f,
        0xc6,
        0x06,
        n,
        ...prefix,
        0x66,
        0x0f,
        0xc6,
        0x06,
        n,
        ...prefix,
        0x66,
        0x0f,
        0xc2,
        0x06,
        n,
        ...prefix,
        0x0f,
        0xc2,
        0x06,
        n,
      )
  }
  code.push(0xff, 0xc0, 0x0f, 0x05)
  const cpu = machine(Uint8Array.from(code))
  const start = cpu.state.rip
  cpu.state.setNumber(Gpr.rsi, DATA)
  for (let round = 1; round <= 2; round++) {
    cpu.state.rip = start
    const exit = cpu.run(2 ** 31 - 1)
    expect(exit).toEqual({ kind: 'syscall', int80: false })
    expect(cpu.state.low(Gpr.rax)).toBe(round)
  }
  expect(cpu.counters().handlerTables).toBeGreaterThan(1)
})

test('an instruction that the engine lacks is told apart from an undefined one', () => {
  for (const [source, texts] of [
    ['vzeroupper', ['unsupported instruction [c5 f8 77']],
    ['ud2', []],
    ['.byte 6', []],
  ] as const) {
    const told: string[] = []
    const cpu = machine(
      assemble(source),
      () => Hosted.leave,
      (text) => told.push(text),
    )
    expect(cpu.run(10)).toMatchObject({ kind: 'fault', fault: { vector: 6, rip: 0x40_0000n } })
    expect(told.map((text, i) => text.slice(0, texts[i]?.length))).toEqual(texts)
  }
})

test.each(['interpreter', 'translator'] as const)('an engine (%s) that has ended leaves its memory blank for another', (engine) => {
  const code = assemble(`mov $300, %ebx\n 1: call 2f\n dec %ebx\n jnz 1b\n .byte 0x0f, 0x3f, 7, 0, 0, 0\n 2: add %rbx, %rax\n ret`)
  const answers: boolean[] = []
  const cpu = machine(
    code,
    () => {
      answers.push(cpu.end())
      return Hosted.leave
    },
    () => {},
    { engine },
  )
  const { memory } = cpu
  memory.protect(CODE, 4096, Perm.read | Perm.exec | Perm.gate)
  expect([cpu.run(100_000).kind, cpu.end(), cpu.end(), answers]).toEqual(['hosted', true, true, [false]])
  expect(cpu.counters()).toEqual({})
  memory.clear(CODE, 4096)
  memory.reset()
  const words = new Uint32Array(memory.memory.buffer)
  const first = (from: number, to: number) => {
    for (let at = from; at < to; at += 4) if (words[at >>> 2] !== 0) return at
    return -1
  }
  // Records, and what the index of patterns and the directory lead to, are written before they are read.
  const index = DECODER + 0x6_0000
  const areas = [
    [0, 0x1_0000],
    [CODE, CODE + 4096],
    [DIRECTORY, NEAR_END],
    [ENGINE_BASE, RECORDS],
    [DECODER, DECODER + DECODER_WORDS],
    [index, index + 0x20_0000],
  ]
  expect([...areas, [DECODER_END, ENGINE_END]].map(([from, to]) => first(from, to))).toEqual([-1, -1, -1, -1, -1, -1, -1])
  const next = createCpu(memory, { hosted: () => Hosted.leave }, { engine })
  memory.protect(CODE, 4096, Perm.read | Perm.exec | Perm.gate)
  memory.bytes(CODE, code.length).set(code)
  memory.protect(STACK, 0x1_0000, Perm.read | Perm.write)
  next.state.rip = BigInt(CODE)
  next.state.setNumber(Gpr.rsp, STACK + 0xff00)
  expect([next.run(100_000).kind, next.state.get(Gpr.rax)]).toEqual(['hosted', 45_150n])
})
