/** A kernel over the real engine, whose programs are assembly sources: assembled by the host's GNU tools, loaded flat. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cpu, createCpu, Gpr, Hosted, Perm } from '@bootgraph/cpu'
import { CallTrace, type Context, E, type Ended, type Era, type FileLayer, Kernel, type Personality, syscallTable } from '../src/index.ts'

const CODE = 0x40_0000
/** Functions of a library beside the kernel: gate n is at GATES + 16 n. */
const GATES = 0x20_0000
/** 64 KiB that programs may read and write. */
const DATA = 0x80_0000
const STACK_TOP = 0x70_0000

/** `sys NAME, arguments` is a system call of the era; `expect` ends the program if rax is something else. */
function prelude(era: Era, gates: Gates): string {
  const numbers = [...syscallTable(era).values()].map(({ name, number }) => `.set SYS_${name}, ${number}`)
  const functions = Object.keys(gates).map((name, id) => `.set gate_${name}, ${GATES + id * 16}`)
  return `${[...numbers, ...functions].join('\n')}
.set DATA, ${DATA}
.macro sys name, a, b, c, d, e, f
  .ifnb \\a
  mov \\a, %rdi
  .endif
  .ifnb \\b
  mov \\b, %rsi
  .endif
  .ifnb \\c
  mov \\c, %rdx
  .endif
  .ifnb \\d
  mov \\d, %r10
  .endif
  .ifnb \\e
  mov \\e, %r8
  .endif
  .ifnb \\f
  mov \\f, %r9
  .endif
  mov $SYS_\\name, %eax
  syscall
.endm
.macro expect value, code
  cmp \\value, %rax
  je 9f
  .ifdef SYS_EXIT
  sys EXIT, $\\code
  .endif
  ud2
9:
.endm
.globl _start
_start:
`
}

const assembled = new Map<string, Uint8Array>()

/** Flat code that starts at CODE. */
function assemble(source: string, era: Era, gates: Gates): Uint8Array {
  const text = `${prelude(era, gates)}${source}\n`
  const known = assembled.get(text)
  if (known) return known
  const folder = mkdtempSync(join(tmpdir(), 'program-'))
  try {
    const [object, flat] = [join(folder, 'program.o'), join(folder, 'program')]
    writeFileSync(join(folder, 'program.s'), text)
    execFileSync('as', ['-o', object, join(folder, 'program.s')])
    execFileSync('ld', ['-N', '-e', '_start', `-Ttext=0x${CODE.toString(16)}`, '--oformat=binary', '-o', flat, object])
    const bytes = new Uint8Array(readFileSync(flat))
    assembled.set(text, bytes)
    return bytes
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export interface Outcome {
  readonly ended: Ended
  readonly kernel: Kernel
  readonly output: string
  readonly gaps: readonly string[]
  readonly trace: readonly string[]
}

export interface Setting {
  readonly era?: Era
  /** Programs that exec finds, by path. */
  readonly programs?: { readonly [path: string]: string }
  readonly files?: { readonly [name: string]: string }
  readonly budget?: number
  readonly seed?: number
  /** Library functions that `call gate_NAME` reaches; the arguments are rdi, rsi …, the result is rax. */
  readonly gates?: Gates
}

export type Gates = { readonly [name: string]: (kernel: Kernel, cx: Context, ...args: number[]) => number }
const ARGUMENTS = [Gpr.rdi, Gpr.rsi, Gpr.rdx, Gpr.rcx, Gpr.r8, Gpr.r9]

/** What a hosted C library is to the kernel, reduced to functions that answer at once. */
function personality(kernel: Kernel, gates: Gates): Personality {
  const functions = Object.values(gates)
  const own: Personality = {
    hosted(cx, id) {
      const { state } = cx.process.cpu
      const result = functions[id](kernel, cx, ...ARGUMENTS.map((register) => state.low(register)))
      state.set(Gpr.rax, BigInt.asUintN(64, BigInt(result)))
      return Hosted.done
    },
    fork: () => own,
  }
  return own
}

/** Runs an assembly program as pid 1 until it ends or the budget is used. */
export function runProgram(source: string, setting: Setting = {}): Outcome {
  const { era = '2019-11', files = {}, gates = {}, budget = 1_000_000, seed = 1 } = setting
  const programs: Record<string, string> = { ...setting.programs, '/program': source }
  const [gaps, trace]: [string[], string[]] = [[], []]
  const decoder = new TextDecoder()
  let output = ''
  const layer: FileLayer = {
    readdir: (path) =>
      path === ''
        ? Object.entries(files).map(([name, text]) => ({ name, kind: 'file' as const, size: text.length, mode: 0o644, mtime: 0n }))
        : [],
    read(path, offset, into) {
      const part = new TextEncoder().encode(files[path]).subarray(offset, offset + into.length)
      into.set(part)
      return part.length
    },
  }
  const kernel: Kernel = new Kernel({
    makeCpu: (memory, ports): Cpu => createCpu(memory, ports),
    layers: [layer],
    era,
    stdio: [0, 1, 2].map(() => ({
      kind: 'pipe',
      read: () => 0,
      write(bytes) {
        output += decoder.decode(bytes)
        return true
      },
    })),
    trace: new CallTrace((line) => void trace.push(line)),
    ports: {
      // biome-ignore lint/correctness/useYield: this loader never waits
      *load(cx, path, argv) {
        if (!(path in programs)) return -E.NOENT
        const code = assemble(programs[path], era, gates)
        const { calls } = kernel
        const { memory, state } = cx.process.cpu
        calls.mmap(cx, CODE, code.length, Perm.read | Perm.exec, false, 'replace', -1, 0)
        memory.bytes(CODE, code.length).set(code)
        calls.mmap(cx, DATA, 0x1_0000, Perm.read | Perm.write, false, 'replace', -1, 0)
        calls.mmap(cx, STACK_TOP - 0x1_0000, 0x1_0000, Perm.read | Perm.write, false, 'replace', -1, 0)
        state.setNumber(Gpr.rsp, STACK_TOP - 256)
        state.rip = BigInt(CODE)
        if (setting.gates) {
          calls.mmap(cx, GATES, 4096, Perm.read | Perm.exec | Perm.gate, false, 'replace', -1, 0)
          for (const id of Object.keys(gates).keys()) {
            memory.setU16(GATES + id * 16, 0x3f0f)
            memory.setU32(GATES + id * 16 + 2, id)
          }
          cx.process.personality = personality(kernel, gates)
        }
        return { path, argv }
      },
      gap: ({ truth, kind, name }) => void gaps.push(`${truth === 'model' ? '' : `${truth} `}${kind}: ${name}`),
      seed,
      memoryLimit: 1 << 28,
    },
  })
  kernel.start('/program', [], [], '/')
  return { ended: kernel.run({ budget }), kernel, output, gaps, trace }
}
