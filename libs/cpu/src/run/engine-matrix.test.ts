/** Interpreter, translations, and mixtures of both end every slice in the same state. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Random } from '../../test/native/random.ts'
import { assemble, CODE, DATA, machine, STACK } from '../../test/run-flat.ts'
import { Gpr, Hosted, Perm } from '../index.ts'
import { readFunction } from '../translate/function-code.ts'
import type { CodeModule, CpuOptions } from './cpu.ts'

const ENGINES: Readonly<Record<string, CpuOptions>> = {
  interpreter: { engine: 'interpreter' },
  'translator for everything': { engine: 'translator' },
  'warm after 3, two at a time': { promotion: { heat: 3, batch: 2 } },
  'warm after 17, one at a time, on a shallow stack': { promotion: { heat: 17, batch: 1 }, stackSpan: 256 },
}

/** The start calls main and ends with a system call; main's result is in rax. */
const PROGRAM = `
__asm__("call main\\n syscall");
typedef unsigned long u64; typedef unsigned int u32; typedef unsigned char u8;
#define NOINLINE __attribute__((noinline))
static NOINLINE u64 fib(u64 n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
static NOINLINE u64 hash(const u8 *p, u64 n) { u64 h = 14695981039346656037ul; for (u64 i = 0; i < n; i++) h = (h ^ p[i]) * 1099511628211ul; return h; }
static NOINLINE void sort(u32 *a, int n) {
  for (int i = 1; i < n; i++) { u32 x = a[i]; int j = i; while (j > 0 && a[j - 1] > x) { a[j] = a[j - 1]; j--; } a[j] = x; }
}
static NOINLINE long step(int kind, long x) {
  switch (kind) {
    case 0: return x + 3; case 1: return x * 5; case 2: return x ^ (x >> 7); case 3: return x - 11; case 4: return x / 3;
    case 5: return x % 1000003; case 6: return x << 2; case 7: return -x; case 8: return x | 64; default: return ~x;
  }
}
static NOINLINE long twice(long (*f)(int, long), int k, long x) { return f(k, f(k, x)); }
static NOINLINE double series(int n) { double s = 0; for (int i = 1; i <= n; i++) s += (i & 1 ? 1.0 : -1.0) / (i * 0.5); return s; }
static NOINLINE int is_even(u32 n); static NOINLINE int is_odd(u32 n) { return n == 0 ? 0 : is_even(n - 1); }
static NOINLINE int is_even(u32 n) { return n == 0 ? 1 : is_odd(n - 1); }
static NOINLINE u64 grid(u32 *cells, int side) {
  u64 sum = 0;
  for (int r = 0; r < 6; r++) for (int y = 1; y < side - 1; y++) for (int x = 1; x < side - 1; x++) {
    u32 v = cells[y * side + x - 1] + cells[y * side + x + 1] + cells[(y - 1) * side + x] + cells[(y + 1) * side + x];
    if (v & 1) v = v * 3 + 1; else v >>= 1;
    cells[y * side + x] = v; sum += v;
  }
  return sum;
}
u64 main(void) {
  u32 *cells = (u32 *)0x800000; u64 r = 0; u32 seed = 1;
  for (int i = 0; i < 1024; i++) { seed = seed * 1664525 + 1013904223; cells[i] = seed >> 3; }
  r += fib(15); r += grid(cells, 32); sort(cells, 200); r ^= hash((u8 *)cells, 4096);
  long x = 12345; for (int i = 0; i < 600; i++) x = twice(step, i % 11, x);
  r += x; double s = series(500); cells[0] = (u32)(s * 1e6); r += is_even(97) + is_odd(64);
  for (u32 i = 0; i < 64; i++) { u32 c = i, n = 0; while (c) { n += c & 1; c >>= 1; } r = (r << 1 | r >> 63) ^ n; cells[i + 1] = n + (u8)r; }
  return r + hash((u8 *)cells, 512);
}`

function* states(
  code: Uint8Array,
  options: CpuOptions,
  fuel: number,
  module?: CodeModule,
): Generator<string, Readonly<Record<string, number>>> {
  const cpu = machine(code, undefined, undefined, options)
  if (module) cpu.moduleLoaded(module)
  for (;;) {
    const exit = cpu.run(fuel)
    const registers = Array.from({ length: 16 }, (_, i) => cpu.state.get(i).toString(16)).join(' ')
    const vectors = Array.from({ length: 16 }, (_, i) => Buffer.from(cpu.state.xmm(i)).toString('hex')).join(' ')
    const memory = createHash('sha256').update(cpu.memory.bytes(DATA, 0x2000)).update(cpu.memory.bytes(0x90_0000, 0x1_0000)).digest('hex')
    yield `${exit.kind} ${cpu.state.rip.toString(16)} ${cpu.fuelUsed} ${registers} ${vectors} ${memory}`
    if (exit.kind !== 'fuel') return { ...cpu.counters(), result: cpu.state.low(Gpr.rax) }
  }
}

test.each([1, 7, 997, 1_000_000])('equal states in every engine at every %i units of fuel', (fuel) => {
  const code = assemble(PROGRAM, 'c')
  const [first, ...others] = Object.entries(ENGINES).map(([name, options]) => ({ name, run: states(code, options, fuel) }))
  for (let slice = 0; ; slice++) {
    const expected = first.run.next()
    const found = others.map(({ run }) => run.next())
    if (expected.done) {
      for (const each of found) expect((each.value as Record<string, number>).translatedFunctions).toBeGreaterThan(5)
      return
    }
    for (const [i, each] of found.entries())
      if (each.value !== expected.value) expect.fail(`${others[i].name}, slice ${slice}: ${each.value}\nexpected ${expected.value}`)
    if (fuel === 1 && slice > 3000) return
  }
})

/**
 * Functions of a few blocks that go anywhere, so that loops have any number of entries; each ends when it has gone through enough blocks. With
 * `calls` some blocks call what reads registers that the function itself only writes.
 */
function tangled(seed: number, functions: number, calls = false): string {
  const random = new Random(seed)
  const lines = ['mov $0x9e3779b97f4a7c15, %r9']
  for (let f = 0; f < functions; f++) lines.push(`call f${f}`)
  // What the status flags are behind a return is not promised, and a system call tells.
  lines.push('test %r9, %r9', 'syscall')
  for (let f = 0; f < functions; f++) {
    const blocks = 3 + random.below(12)
    const any = () => `f${f}b${random.below(blocks)}`
    lines.push('.balign 16', `f${f}: mov $${60 + random.below(60)}, %ecx`, `mov $${f + 1}, %r8d`)
    if (calls) lines.push(`mov $${f}, %r10d`, 'lea (%rax,%r8), %r11', 'movq %rax, %xmm5')
    for (let b = 0; b < blocks; b++) {
      lines.push(`f${f}b${b}: imul %r9, %r8`, `lea ${b}(%r8,%rax), %rax`, 'dec %ecx', `jz f${f}end`)
      if (calls && random.chance(30)) lines.push(random.chance(50) ? `lea ${b}(%r8), %r10` : 'movq %r8, %xmm5')
      if (calls && random.chance(40)) lines.push('call reader')
      for (let way = random.below(3); way > 0; way--) lines.push(`bt $${32 + random.below(32)}, %r8`, `jc ${any()}`)
      if (random.chance(60)) lines.push(`jmp ${any()}`)
    }
    lines.push(`f${f}end: ret`)
  }
  if (calls) lines.push('.balign 16', 'reader: add %r10, %rax', 'movq %xmm5, %rdx', 'xor %rdx, %rax', 'inc %r11', 'add %r11, %rax', 'ret')
  return lines.join('\n')
}

test.each([
  [3, false],
  [17, false],
  [1_000_000, false],
  [5, true],
  [1_000_000, true],
])('equal states in loops with many entries at every %i units of fuel, calls: %s', (fuel, calls) => {
  const code = assemble(tangled(fuel, 60, calls))
  const [expected, ...others] = Object.values(ENGINES).map((options) => [...states(code, options, fuel)])
  for (const each of others) expect(each).toEqual(expected)
})

test.each([5, 1_000_000])('equal states where jump tables are chosen outside the loop, at every %i units of fuel', (fuel) => {
  const cases = (name: string) =>
    [0, 1, 2, 3].map((i) => `${name}${i}: lea ${i * 7 + name.charCodeAt(0)}(%rax,%rdx), %rax\n xor %rcx, %rax\n jmp 2f`).join('\n')
  const table = (name: string) => `${name}: ${[0, 1, 2, 3].map((i) => `.long ${name}${i} - ${name}`).join('\n')}`
  const code = assemble(
    `mov $300, %edi\n call 9f\n test %r9, %r9\n syscall
     .balign 16\n 9: lea one(%rip), %r14\n lea two(%rip), %r15\n lea three(%rip), %rdx
     1: mov %edi, %ecx\n and $3, %ecx\n test $16, %edi\n jz 3f\n xchg %r14, %r15\n 3: bt $5, %edi\n cmovc %rdx, %r14
     movslq (%r14,%rcx,4), %rcx\n mov %edi, %esi\n add %r14, %rcx\n lea 3(%rsi), %r10d\n mov %edi, %edx\n jmp *%rcx
     ${cases('one')}\n ${cases('two')}\n ${cases('three')}
     2: lea three(%rip), %rdx\n dec %edi\n jnz 1b\n ret\n .balign 4\n ${table('one')}\n ${table('two')}\n ${table('three')}`,
  )
  const [expected, ...others] = Object.values(ENGINES).map((options) => [...states(code, options, fuel)])
  for (const each of others) expect(each).toEqual(expected)
})

test.each([5, 1_000_000])('equal states where places of a jump table lead behind the function, at every %i units of fuel', (fuel) => {
  const ways = ['one', 'behind', 'two', 'behind', 'three', 'behind', 'four', 'one']
  const code = assemble(
    `mov $200, %edi\n call 9f\n test %r9, %r9\n syscall
     .org 0x20\n 9: mov %edi, %ecx\n and $7, %ecx\n lea table(%rip), %rdx\n movslq (%rdx,%rcx,4), %rcx\n add %rdx, %rcx\n jmp *%rcx
     ${['one', 'two', 'three', 'four'].map((name, i) => `${name}: lea ${i * 7}(%rax,%rax,2), %rax\n jmp 2f`).join('\n')}
     2: dec %edi\n jnz 9b\n ret
     .org 0x100\n behind: xor $0x5a5a, %rax\n jmp 2b
     .org 0x200\n table: ${ways.map((name) => `.long ${name} - table`).join('\n')}`,
  )
  const range = { start: CODE + 0x20, end: CODE + 0x100 }
  const { blocks } = readFunction(machine(code).memory, range, 100)!
  expect(blocks.flatMap(({ table }) => table?.targets ?? []).filter((at) => at === range.end)).toHaveLength(3)
  const functionAt = (at: number) => (at >= range.start && at < range.end ? ([range.start, range.end] as const) : undefined)
  const module = { name: 'flat', digest: 'flat', loadBias: 0, textStart: CODE, textEnd: CODE + code.length, functionAt }
  const [expected, ...others] = Object.values(ENGINES).map((options) => [...states(code, options, fuel, module)])
  for (const each of others) expect(each).toEqual(expected)
})

test.each([1, 7, 1_000_000])(
  'equal states where a jump takes flags into a part of the function that lies elsewhere, at every %i units of fuel',
  (fuel) => {
    const code = assemble(
      `mov $400, %edi\n call hot\n test %r9, %r9\n syscall
     .org 0x20\n hot: mov %edi, %ecx\n and $7, %ecx\n cmp $4, %ecx\n jge 1f\n cmp $2, %ecx\n jb few\n lea 1(%rax,%rax,2), %rax\n jmp 2f
     1: jmp many\n 2: bt $3, %rdi\n jmp odd\n 3: lea (%rax,%rdi), %rdx\n add %rdx, %rcx\n lea (%rcx), %rcx
     .org 0xa0, 0x90\n jmp left\n 4: dec %edi\n jnz hot\n ret
     .org 0x100\n many: jne 5f\n xor $0x5555, %rax\n jmp 2b\n 5: lea 7(%rax), %rax\n jmp more
     few: lea 3(%rax), %rax\n js 6f\n jmp 2b\n 6: cmc\n adc $5, %rax\n jmp 2b
     odd: lea 9(%rax,%rax), %rax\n adc $0, %rax\n jmp 3b
     left: jp 7f\n lea 11(%rax), %rax\n jmp 4b\n 7: sbb %rdx, %rax\n jmp 4b
     .org 0x200\n more: setle %dl\n movzbl %dl, %edx\n lea (%rax,%rdx,4), %rax\n jmp 2b`,
    )
    const ends = [0x20, 0xa0, 0x100, 0x200, code.length].map((at) => CODE + at)
    const functionAt = (at: number) => {
      const next = ends.findIndex((end) => at < end)
      return next > 0 ? ([ends[next - 1], ends[next]] as const) : undefined
    }
    const module = { name: 'flat', digest: 'flat', loadBias: 0, textStart: CODE, textEnd: CODE + code.length, functionAt }
    const [expected, ...others] = Object.values(ENGINES).map((options) => [...states(code, options, fuel, module)])
    for (const each of others) expect(each).toEqual(expected)
  },
)

test('a function that translations alone call becomes warm, too', () => {
  const code = assemble(
    `mov $100, %edi\n call 1f\n syscall
     .org 0x40\n 1: cmp $50, %edi\n jg 2f\n call 3f\n 2: dec %edi\n jnz 1b\n ret
     .org 0x80\n 3: lea 3(%rax), %rax\n ret`,
  )
  const cpu = machine(code, undefined, undefined, { promotion: { heat: 3, batch: 1 } })
  expect(cpu.run(1_000_000).kind).toBe('syscall')
  expect(cpu.state.low(Gpr.rax)).toBe(150)
  expect(cpu.counters().translatedFunctions).toBe(2)
})

test('deep recursion comes back through every frame on a small host stack', () => {
  const code = assemble(
    'mov $3000, %edi\n call 1f\n syscall\n 1: test %edi, %edi\n jz 2f\n dec %edi\n push %rdi\n call 1b\n pop %rdi\n add %rdi, %rax\n 2: ret',
  )
  for (const options of Object.values(ENGINES)) {
    const cpu = machine(code, undefined, undefined, options)
    expect(cpu.run(1_000_000)).toEqual({ kind: 'syscall', int80: false })
    expect(cpu.state.low(Gpr.rax)).toBe((2999 * 3000) / 2)
  }
})

/** Calls itself for ever; on the way the gate at 4096 bytes is called once. */
const ENDLESS = `mov $900, %edi\n call 1f\n syscall
  1: push %rdi\n sub $40, %rsp\n mov %rdi, 8(%rsp)\n cmp $500, %edi\n jne 2f\n call gate\n 2: lea -1(%rdi), %edi\n call 1b
  mov 8(%rsp), %rdi\n add $40, %rsp\n add %rdi, %rax\n pop %rdi\n ret
  .org 0x1000\n gate: .byte 0x0f, 0x3f, 42, 0, 0, 0`

test.each([false, true])('recursion faults where the stack ends, or where the host has meanwhile made it read-only: %s', (reads) => {
  const code = assemble(ENDLESS)
  const [expected, ...others] = Object.values(ENGINES).map((options) => {
    const cpu = machine(
      code,
      () => {
        if (reads) cpu.memory.protect(STACK + 0x3000, 0x1000, Perm.read)
        return Hosted.done
      },
      undefined,
      options,
    )
    cpu.memory.protect(CODE + 0x1000, 0x1000, Perm.read | Perm.exec | Perm.gate)
    const exit = cpu.run(1_000_000)
    return [exit, Array.from({ length: 16 }, (_, i) => cpu.state.get(i)), cpu.fuelUsed]
  })
  expect(expected[0]).toMatchObject({ kind: 'fault', fault: { vector: 14, address: BigInt(reads ? STACK + 0x3ff8 : STACK - 8) } })
  for (const each of others) expect(each).toEqual(expected)
})

test('a fault in translated code is at its instruction with the registers before it', () => {
  const code = assemble(
    'mov $0x800000, %edi\n mov $40, %ecx\n 1: mov (%rdi), %eax\n add $7, %eax\n mov %eax, 4(%rdi)\n add $0x800, %rdi\n dec %ecx\n jnz 1b\n syscall',
  )
  const [expected, ...others] = Object.values(ENGINES).map((options) => {
    const cpu = machine(code, undefined, undefined, options)
    const exit = cpu.run(1000)
    return [exit, Array.from({ length: 16 }, (_, i) => cpu.state.get(i)), cpu.fuelUsed, cpu.state.rflags]
  })
  expect(expected[0]).toMatchObject({ kind: 'fault', fault: { vector: 14 } })
  for (const each of others) expect(each).toEqual(expected)
})

test('a return or a jump to address 0 faults there', () => {
  for (const source of ['push $0\n ret', 'xor %eax, %eax\n jmp *%rax']) {
    const code = assemble(source)
    for (const options of [...Object.values(ENGINES), { engine: 'translator', promotion: { heat: 1, batch: 1 } } as const])
      expect(machine(code, undefined, undefined, options).run(1000)).toMatchObject({
        kind: 'fault',
        fault: { vector: 14, address: 0n, rip: 0n },
      })
  }
})

/** Calls within calls, of which the innermost changes the rounding for the ones around it. */
const ROUNDING = `
__asm__("call result\\n syscall");
#define NOINLINE __attribute__((noinline))
static NOINLINE void control(unsigned value) { __asm__ volatile("ldmxcsr %0" :: "m"(value)); }
static NOINLINE double third(double x) { return x / 3; }
static NOINLINE double sum(int n, int change) {
  double s = 0; for (int i = 1; i < n; i++) { if (i == change) control(0x3f80); s += third(i); } return s;
}
long result(void) {
  double a = 0; for (int i = 0; i < 30; i++) a += sum(60, i == 20 ? 31 : 0);
  unsigned flags; __asm__ volatile("stmxcsr %0" : "=m"(flags));
  return (long)(a * 1e9) ^ (flags & 0x3f) ^ *(long *)&a;
}`

test('a change of the rounding takes hold at once, in calls that are under way as well', () => {
  const code = assemble(ROUNDING, 'c')
  const [expected, ...others] = Object.values(ENGINES).map((options) => {
    const cpu = machine(code, undefined, undefined, options)
    const exit = cpu.run(1_000_000)
    return [exit.kind, cpu.state.get(Gpr.rax), cpu.state.mxcsr, cpu.fuelUsed]
  })
  expect(expected.slice(0, 3)).toEqual(['syscall', natively(ROUNDING), 0x3fa0])
  for (const each of others) expect(each).toEqual(expected)
})

/** main's result on the host's processor. */
function natively(source: string): bigint {
  const folder = mkdtempSync(join(tmpdir(), 'rounding-'))
  try {
    const program = join(folder, 'program')
    const input = `${source.replace(/__asm__\("call result.*/, '')}\n#include <stdio.h>\nint main(void) { printf("%lu", result()); }`
    execFileSync('gcc', ['-O2', '-fno-tree-vectorize', '-x', 'c', '-', '-o', program], { input })
    return BigInt(execFileSync(program, { encoding: 'utf8' }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
