/** How many instructions the host's processor executes of a flat program, by `steps.c`. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CODE, DATA, RSP, STACK } from '../run-flat.ts'

const SOURCE = fileURLToPath(new URL('steps.c', import.meta.url))

export interface Steps {
  readonly count: bigint
  /** 'syscall' behind one, or the number of the signal that an instruction was answered with. */
  readonly end: string
}

export function nativeSteps(code: Uint8Array): Steps {
  const folder = mkdtempSync(join(tmpdir(), 'steps-'))
  try {
    const program = join(folder, 'steps')
    const file = join(folder, 'code')
    execFileSync('gcc', ['-O2', '-fpie', '-pie', '-o', program, SOURCE])
    writeFileSync(file, code)
    const said = execFileSync(program, [file, ...[CODE, DATA, STACK, RSP].map(String)], { encoding: 'utf8' })
    const [count, end] = said.trim().split(' ')
    return { count: BigInt(count), end }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
