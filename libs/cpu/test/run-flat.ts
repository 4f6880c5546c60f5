/** Test loader: C or assembly → flat code by the host compiler → run until `syscall`. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cpu, type CpuOptions, type CpuPorts, createCpu, type Exit, Gpr, GuestMemory, Hosted, Perm } from '../src/index.ts'

export const CODE = 0x40_0000
export const DATA = 0x80_0000
export const STACK = 0x90_0000
export const RSP = STACK + 0xff00

/** Links one source file at CODE and gives its flat bytes; execution starts at the first byte. */
export function assemble(source: string, language: 'c' | 's' = 's'): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'flat-'))
  try {
    const input = join(folder, `in.${language}`)
    writeFileSync(input, `${source}\n`)
    const flags = ['-O2', '-ffreestanding', '-fno-pic', '-fno-tree-vectorize', '-fno-asynchronous-unwind-tables', '-fcf-protection=none']
    const link = ['-static', '-nostdlib', '-Wl,--build-id=none', `-Wl,-Ttext=${CODE}`, '-Wl,--oformat=binary', '-Wl,-N', '-Wl,-e,0']
    execFileSync('gcc', [...flags, ...link, '-o', join(folder, 'out'), input])
    return readFileSync(join(folder, 'out'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A machine with the code, 64 KiB of data at DATA and a stack; rip at the code's first byte. */
export function machine(
  code: Uint8Array,
  hosted: CpuPorts['hosted'] = () => Hosted.leave,
  unsupported: (text: string) => void = () => {},
  options: CpuOptions = {},
): Cpu {
  const memory = new GuestMemory()
  memory.protect(CODE, Math.ceil((code.length + 15) / 4096) * 4096, Perm.read | Perm.exec)
  memory.protect(DATA, 0x1_0000, Perm.read | Perm.write)
  memory.protect(STACK, 0x1_0000, Perm.read | Perm.write)
  memory.bytes(CODE, code.length).set(code)
  const cpu = createCpu(memory, { hosted, unsupported }, options)
  cpu.state.rip = BigInt(CODE)
  cpu.state.setNumber(Gpr.rsp, RSP)
  return cpu
}

export function runFlat(code: Uint8Array, fuel = 2 ** 31 - 1): { cpu: Cpu; exit: Exit } {
  const cpu = machine(code)
  return { cpu, exit: cpu.run(fuel) }
}
