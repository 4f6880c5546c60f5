/** The host's side: cases on its processor, by `runner.c`. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Batch, RESULT_SIZE, type Results, splitResults } from './batch.ts'

const SOURCE = fileURLToPath(new URL('runner.c', import.meta.url))

export class Host {
  readonly #folder = mkdtempSync(join(tmpdir(), 'native-'))
  readonly #program = join(this.#folder, 'runner')

  constructor() {
    execFileSync('gcc', ['-O2', '-fno-stack-protector', '-mno-red-zone', '-fpie', '-pie', '-Wl,-z,now', '-o', this.#program, SOURCE])
  }
  run(batch: Batch): Results {
    const size = batch.cases.length * RESULT_SIZE + 2 * 4096
    const done = spawnSync(this.#program, { input: batch.input, maxBuffer: size + 4096 })
    if (done.status !== 0 || done.stdout.length !== size) throw new Error(`native runner: ${done.signal ?? done.status} ${done.stderr}`)
    return splitResults(done.stdout, batch.cases.length)
  }
  close(): void {
    rmSync(this.#folder, { recursive: true })
  }
}
