/** Every listed instruction over random and special values, on this engine and on the host's processor. */
import { expect, test } from 'vitest'
import { runNative } from '../../test/native.ts'
import { assemble, machine } from '../../test/run-flat.ts'
import { Perm } from '../memory/guest-memory.ts'
import { Gpr } from '../run/exit.ts'

const RECORDS = 96
const IN = 48
const OUT = 64
const INPUT = 0x100_0000
const OUTPUT = 0x110_0000

const all = 'cpzso'
/** [instruction, flags that it defines]; operands: rax, rcx, xmm0, xmm1 and 16 bytes of memory at 32(%rsi). */
function cases(): [string, string][] {
  const rows: [string, string][] = []
  const sizes = [
    ['b', '%al', '%cl'],
    ['w', '%ax', '%cx'],
    ['l', '%eax', '%ecx'],
    ['q', '%rax', '%rcx'],
  ]
  for (const [s, a, c] of sizes) {
    for (const op of ['add', 'sub', 'adc', 'sbb', 'cmp', 'and', 'or', 'xor', 'test']) {
      rows.push([`${op}${s} ${c}, ${a}`, all], [`${op}${s} ${c}, 32(%rsi)`, all], [`${op}${s} $-7, ${a}`, all])
    }
    for (const op of ['inc', 'dec', 'neg', 'not']) rows.push([`${op}${s} ${a}`, all], [`${op}${s} 32(%rsi)`, all])
    for (const op of ['shl', 'shr', 'sar'])
      rows.push([`${op}${s} $1, ${a}`, all], [`${op}${s} $5, ${a}`, 'cpzs'], [`${op}${s} %cl, ${a}`, 'pzs'])
    for (const op of ['rol', 'ror']) rows.push([`${op}${s} $1, ${a}`, all], [`${op}${s} %cl, ${a}`, 'cpzs'])
    for (const op of ['mul', 'imul']) rows.push([`${op}${s} ${c}`, 'co'])
    rows.push([`xadd${s} ${c}, ${a}`, all], [`xchg${s} ${c}, ${a}`, all], [`cmpxchg${s} ${c}, 32(%rsi)`, all])
    if (s === 'b') continue
    rows.push([`imul${s} ${c}, ${a}`, 'co'], [`imul${s} $77, ${c}, ${a}`, 'co'])
    for (const op of ['bt', 'bts', 'btr', 'btc']) rows.push([`${op}${s} ${c}, ${a}`, 'c'], [`${op}${s} $3, 32(%rsi)`, 'c'])
    for (const op of ['bsf', 'bsr']) rows.push([`or${s} $64, ${c}; ${op}${s} ${c}, ${a}`, 'z'])
    for (const cc of ['o', 'b', 'e', 'be', 's', 'p', 'l', 'le', 'no', 'ae', 'ne', 'a', 'ns', 'np', 'ge', 'g']) {
      rows.push([`cmov${cc} ${c}, ${a}`, all], [`set${cc} %ah`, all])
    }
  }
  for (const op of ['cbtw', 'cwtl', 'cltq', 'cwtd', 'cltd', 'cqto', 'bswap %eax', 'bswap %rcx']) rows.push([op, all])
  for (const op of [
    'movzbl %ah, %eax',
    'movsbq %cl, %rax',
    'movswl 32(%rsi), %eax',
    'movslq %ecx, %rax',
    'lea 5(%rcx,%rax,4), %eax',
    'addb %ah, %cl',
  ])
    rows.push([op, ''])
  rows.push(['xor %edx, %edx; or $1, %rcx; div %rcx', ''], ['cqto; or $3, %ecx; btr $63, %rcx; idiv %rcx', ''])
  const vector =
    'addps addpd addss addsd subps subpd subss subsd mulps mulpd mulss mulsd divps divpd divss divsd minps minpd minss minsd maxps maxpd maxss maxsd ' +
    'sqrtps sqrtpd sqrtss sqrtsd andps andnpd orps xorpd pand pandn por pxor unpcklps unpckhps unpcklpd unpckhpd punpcklbw punpcklwd punpckldq punpcklqdq ' +
    'punpckhbw punpckhwd punpckhdq punpckhqdq packsswb packuswb packssdw pcmpeqb pcmpeqw pcmpeqd pcmpgtb pcmpgtw pcmpgtd paddb paddw paddd paddq psubb psubw ' +
    'psubd psubq paddsb paddsw paddusb paddusw psubsb psubsw psubusb psubusw pminub pmaxub pminsw pmaxsw pavgb pavgw pmullw pmaddwd psllw pslld psllq psrlw psrld ' +
    'psrlq psraw psrad movups movaps movdqu movdqa movss movsd movq cvtdq2ps cvtss2sd cvtsd2ss'
  for (const op of vector.split(' ')) rows.push([`${op} %xmm1, %xmm0`, ''], [`${op} 32(%rsi), %xmm0`, ''])
  for (const op of ['ucomiss', 'ucomisd', 'comiss', 'comisd']) rows.push([`${op} %xmm1, %xmm0`, all])
  for (const n of [0, 1, 8, 15, 16, 40]) {
    for (const op of ['psllw', 'pslld', 'psllq', 'psrlw', 'psrld', 'psrlq', 'psraw', 'psrad', 'pslldq', 'psrldq'])
      rows.push([`${op} $${n}, %xmm0`, ''])
  }
  for (const n of [0, 0x1b, 0xe4, 0x93]) {
    for (const op of ['pshufd', 'pshuflw', 'pshufhw', 'shufps', 'shufpd']) rows.push([`${op} $${n}, %xmm1, %xmm0`, ''])
  }
  for (const op of ['movlps', 'movhps', 'movlpd', 'movhpd']) rows.push([`${op} 32(%rsi), %xmm0`, ''], [`${op} %xmm0, 32(%rsi)`, ''])
  for (const op of ['movhlps', 'movlhps']) rows.push([`${op} %xmm1, %xmm0`, ''])
  for (const op of ['movss', 'movsd', 'movups', 'movq', 'movd']) rows.push([`${op} %xmm0, 32(%rsi)`, ''])
  for (const op of [
    'movd %ecx, %xmm0',
    'movq %rcx, %xmm0',
    'movd %xmm0, %eax',
    'movq %xmm0, %rax',
    'pmovmskb %xmm0, %eax',
    'movmskps %xmm0, %eax',
    'movmskpd %xmm0, %eax',
  ])
    rows.push([op, ''])
  for (const p of ['eq', 'lt', 'le', 'unord', 'neq', 'nlt', 'nle', 'ord']) {
    for (const s of ['ps', 'pd', 'ss', 'sd']) rows.push([`cmp${p}${s} %xmm1, %xmm0`, ''])
  }
  // Values that fit, so that rounding shows.
  for (const mode of [0x1f80, 0x3f80, 0x5f80, 0x7f80]) {
    for (const op of [
      'cvtsd2si %xmm0, %rax',
      'cvtss2si %xmm1, %eax',
      'cvtps2dq %xmm1, %xmm0',
      'cvtpd2dq %xmm0, %xmm1; movaps %xmm1, %xmm0',
    ])
      rows.push([
        `cvtdq2ps %xmm1, %xmm1; cvtdq2pd %xmm0, %xmm0; sqrtpd %xmm0, %xmm0; sqrtps %xmm1, %xmm1; push $${mode}; ldmxcsr (%rsp); ${op}; movl $0x1f80, (%rsp); ldmxcsr (%rsp); pop %r9`,
        '',
      ])
  }
  rows.push(['mov %rdi, %r9; lea 32(%rsi), %rdi; maskmovdqu %xmm1, %xmm0; mov %r9, %rdi', ''])
  rows.push([
    'mov %rsp, %r9; sub $600, %rsp; and $-16, %rsp; fxsave (%rsp); mov 24(%rsp), %eax; and $0xffc0, %eax; mov 168(%rsp), %rcx; movzwl (%rsp), %edx; pxor %xmm0, %xmm0; fxrstor (%rsp); mov %r9, %rsp',
    '',
  ])
  for (const op of [
    'psadbw',
    'cvtps2dq',
    'cvttps2dq',
    'cvtpd2dq',
    'cvttpd2dq',
    'pmulhw',
    'pmulhuw',
    'pmuludq',
    'cvtdq2pd',
    'cvtps2pd',
    'cvtpd2ps',
  ])
    rows.push([`${op} %xmm1, %xmm0`, ''], [`${op} 32(%rsi), %xmm0`, ''])
  for (const op of ['pinsrw $5, %ecx, %xmm0', 'pinsrw $2, 32(%rsi), %xmm0', 'pextrw $6, %xmm1, %eax', 'movnti %rcx, 32(%rsi)', 'mfence'])
    rows.push([op, ''])
  for (const [s, a] of sizes) {
    for (const op of ['rcl', 'rcr'])
      rows.push([`${op}${s} $1, ${a}`, all], [`${op}${s} $5, 32(%rsi)`, 'cpzs'], [`${op}${s} %cl, ${a}`, 'cpzs'])
    rows.push([`lea 32(%rsi), %r9; xchg %rdi, %r9; scas${s}; xchg %rdi, %r9; mov %r9, %rax; sub %rsi, %rax`, ''])
    rows.push([`mov %rdi, %r9; mov %rsi, %r10; lea 32(%rsi), %rdi; mov %r9, %rsi; cmps${s}; mov %r10, %rsi; mov %r9, %rdi`, all])
  }
  // The strings' pointers are put back, and the flags kept, by moves alone.
  for (const [s, a] of sizes) {
    for (const r of ['repe', 'repne']) {
      rows.push([
        `mov %rdi, %r9; mov %rsi, %r10; mov $3, %ecx; lea 32(%rsi), %rdi; mov %r9, %rsi; ${r} cmps${s}; mov %r10, %rsi; mov %r9, %rdi`,
        all,
      ])
      rows.push(
        [`mov %rdi, %r9; mov $4, %ecx; lea 32(%rsi), %rdi; ${r} scas${s}; mov %r9, %rdi`, all],
        [`mov %rdi, %r9; mov $5, %ecx; mov 33(%rsi), ${a}; lea 32(%rsi), %rdi; ${r} scas${s}; mov %r9, %rdi`, all],
      )
    }
  }
  for (const op of ['cmpxchg8b', 'cmpxchg16b'])
    rows.push(
      [`push %rbx; mov $9, %ebx; ${op} 32(%rsi); pop %rbx`, 'z'],
      [
        `push %rbx; mov 32(%rsi), %rax; mov 40(%rsi), %rdx; ${op === 'cmpxchg8b' ? 'mov 36(%rsi), %edx;' : ''} mov $77, %ebx; ${op} 32(%rsi); pop %rbx`,
        'z',
      ],
    )
  for (const op of ['loop', 'loope', 'loopne']) rows.push([`mov $3, %ecx; 2: lea 5(%eax), %eax; ${op} 2b`, ''])
  rows.push(['push %rbx; movzbl %al, %eax; lea 32(%rsi), %rbx; and $15, %al; xlat; pop %rbx', ''])
  rows.push(['push %rbp; enter $32, $0; mov %rbp, %rax; sub %rsp, %rax; leave; pop %rbp', ''])
  rows.push(['pushfw; popw %ax; and $0x8d5, %ax', ''], ['mov %cx, %ax; and $0x8d5, %ax; pushw %ax; popfw', all])
  // A finite long double of any size from rcx, and another from rax: 80 bits come back, with the status word.
  const back = 'fstpt 32(%rsi); fninit; mov 32(%rsi), %rcx; movzwl 40(%rsi), %eax; movsd %xmm0, 40(%rsi)'
  const both = 'mov %rcx, 32(%rsi); fldl 32(%rsi); mov %rax, 32(%rsi); fldl 32(%rsi)'
  for (const op of ['faddp', 'fmulp', 'fsubp', 'fsubrp', 'fdivp', 'fdivrp']) {
    rows.push([`${both}; ${op}; ${back}`, ''])
    for (const control of [0x77f, 0xb7f, 0xf7f, 0x27f, 0x07f])
      rows.push([`push $${control}; fldcw (%rsp); ${both}; ${op}; ${back}; pop %r9`, ''])
    const memory = op.slice(0, -1)
    rows.push([`${both}; fildq 32(%rsi); ${memory}; ${memory}s 36(%rsi); ${op}; ${op}; ${back}`, ''])
    rows.push([
      `${both}; ${memory} %st, %st(1); fxch; ${memory}l 32(%rsi); fi${memory.slice(1)}l 32(%rsi); fi${memory.slice(1)}s 32(%rsi); ${back}; fninit`,
      '',
    ])
  }
  for (const op of ['fchs', 'fabs', 'frndint', 'fld1; faddp', 'fldz; fsubp', 'fld %st(0); fdivp %st, %st(2)'])
    rows.push([`${both}; ${op}; ${back}; fninit`, ''])
  for (const op of ['fucomi', 'fcomi', 'fucomip', 'fcomip']) rows.push([`${both}; ${op} %st(1), %st; fninit`, all])
  rows.push(
    [`${both}; fxam; fnstsw %ax; and $0x4700, %eax; fninit`, ''],
    ['fldt 22(%rdi); fxam; fnstsw %ax; and $0x4700, %eax; fninit', ''],
  )
  for (const op of ['fucompp', 'fcompp', 'fucom', 'fcoml 32(%rsi)', 'fcomps 32(%rsi)'])
    rows.push([`${both}; ${op}; fnstsw %ax; and $0x4500, %eax; fninit`, ''])
  for (const op of ['fistpll', 'fistpl', 'fistps', 'fisttpll', 'fisttpl', 'fisttps', 'fstps', 'fstpl', 'fsts', 'fistl'])
    rows.push(
      [`${both}; fmulp; ${op} 32(%rsi); fninit`, ''],
      [
        `push $0xb7f; fldcw (%rsp); mov %ecx, 32(%rsi); fildl 32(%rsi); fld1; fadd %st, %st; fadd %st, %st; fdivrp; ${op} 32(%rsi); fninit; pop %r9`,
        '',
      ],
    )
  rows.push(['fldt 22(%rdi); fstpt 32(%rsi); fninit; movsd %xmm0, 42(%rsi)', ''], ['fnstcw 32(%rsi)', ''])
  for (const op of ['shld', 'shrd'])
    rows.push([`${op} $7, %rcx, %rax`, 'cpzs'], [`${op} $9, %ecx, %eax`, 'cpzs'], [`${op} %cl, %rdx, %rax`, 'pzs'])
  for (const op of ['cvtsi2sdl', 'cvtsi2sdq', 'cvtsi2ssl', 'cvtsi2ssq']) rows.push([`${op} 32(%rsi), %xmm0`, ''])
  for (const op of ['cvttsd2si', 'cvttss2si', 'cvtsd2si', 'cvtss2si']) rows.push([`${op} %xmm0, %eax`, ''], [`${op} %xmm0, %rax`, ''])
  return rows
}

function program(rows: readonly [string, string][]): string {
  return rows
    .map(([instruction, flags]) => {
      const sets = [...flags].map((flag, i) => `set${flag} ${56 + i}(%rsi)`).join('\n')
      return `mov $${RECORDS}, %r8d
        1: movaps 16(%rdi), %xmm0
        movaps 32(%rdi), %xmm1
        movaps %xmm1, 32(%rsi)
        mov (%rdi), %rax
        mov 8(%rdi), %rcx
        mov %rax, %rdx
        cmp %rcx, %rax
        ${instruction}
        ${sets}
        mov %rax, (%rsi)
        mov %rcx, 8(%rsi)
        mov %rdx, 48(%rsi)
        movups %xmm0, 16(%rsi)
        add $${IN}, %rdi
        add $${OUT}, %rsi
        dec %r8d
        jnz 1b
        sub $${IN * RECORDS}, %rdi`
    })
    .join('\n')
}

/** Random bits, and on every third record what arithmetic trips over. */
function inputs(seed: number): Uint8Array {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 8) & 0xff
  }
  const bytes = Uint8Array.from({ length: IN * RECORDS }, next)
  const special = [
    0n,
    1n,
    -1n,
    1n << 63n,
    (1n << 63n) - 1n,
    0x7ff0n << 48n,
    0xfff8n << 48n,
    0x3ff0n << 48n,
    0x7fc0_0000_8000_0000n,
    0x7ff4n << 48n,
    0x40n,
  ]
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < RECORDS; i += 3) {
    for (let k = 0; k < 6; k++) if (next() & 1) view.setBigInt64(i * IN + k * 8, BigInt.asIntN(64, special[next() % special.length]), true)
  }
  return bytes
}

test('instructions give what the host gives', () => {
  const rows = cases()
  const input = inputs(20260701)
  const size = rows.length * RECORDS * OUT
  const text = program(rows)
  const native = runNative(text, input, size)
  const cpu = machine(assemble(`${text}\nsyscall`))
  const mapped = Math.ceil(size / 4096) * 4096
  cpu.memory.protect(INPUT, 0x10_0000, Perm.read)
  cpu.memory.protect(OUTPUT, mapped, Perm.read | Perm.write)
  cpu.memory.bytes(INPUT, input.length).set(input)
  cpu.state.setNumber(Gpr.rdi, INPUT)
  cpu.state.setNumber(Gpr.rsi, OUTPUT)
  const exit = cpu.run(2 ** 31 - 1)
  expect(
    exit.kind,
    JSON.stringify(exit, (_, v) => (typeof v === 'bigint' ? v.toString(16) : v)),
  ).toBe('syscall')
  const ours = cpu.memory.bytes(OUTPUT, size)
  const wrong: string[] = []
  for (const [i, [instruction]] of rows.entries()) {
    for (let r = 0; r < RECORDS; r++) {
      const at = (i * RECORDS + r) * OUT
      const [a, b] = [ours, native].map((each) => Buffer.from(each.subarray(at, at + OUT)).toString('hex'))
      if (a === b) continue
      wrong.push(`${instruction}: input ${Buffer.from(input.subarray(r * IN, r * IN + IN)).toString('hex')}, ours ${a}, host ${b}`)
      break
    }
  }
  expect(wrong).toEqual([])
})
