/** One compilation in a node and natively: same arguments, same paths, the node first and into an empty folder. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NativeRoot } from '../native/native-root.ts'
import { digests, openSource } from '../native/source.ts'

const bootgraph = fileURLToPath(new URL('../../apps/cli/bin/bootgraph.mjs', import.meta.url))

export interface Crate {
  /** Folder in the compiler's source. */
  readonly folder: string
  /** What rustc is told besides what it shall emit; the crate's root last, relative to the folder. */
  readonly args: readonly string[]
}

/** Three kinds: over 2,000 lines; generics throughout; string literals and floats. */
export const CRATES: Readonly<Record<string, Crate>> = {
  semver: { folder: 'vendor/semver', args: ['--edition=2018', '--crate-type=lib', '--cfg', 'feature="std"', 'src/lib.rs'] },
  'fallible-iterator': {
    folder: 'vendor/fallible-iterator',
    args: ['--edition=2018', '--crate-type=lib', '--cfg', 'feature="std"', 'src/lib.rs'],
  },
  // With its tests, where the literals are.
  strsim: { folder: 'vendor/strsim', args: ['--edition=2015', '--test', 'src/lib.rs'] },
}

export const EMITS: Readonly<Record<string, readonly string[]>> = {
  metadata: ['--emit=metadata'],
  object: ['--emit=obj'],
  optimised: ['--emit=obj', '-O'],
  debug: ['--emit=obj', '-g'],
  text: ['--emit=llvm-ir,asm'],
}

export interface Made {
  readonly code: number | null
  readonly stderr: string
  /** SHA-256 by name. */
  readonly files: Readonly<Record<string, string>>
}

export class Sides {
  readonly #native: NativeRoot
  readonly #work: string

  private constructor(native: NativeRoot, work: string) {
    this.#native = native
    this.#work = work
  }

  /** Sources and native root are made on first use. */
  static async open(): Promise<Sides> {
    const source = await openSource()
    const work = mkdtempSync(join(tmpdir(), 'bootgraph-identity-'))
    for (const [name, { folder }] of Object.entries(CRATES)) await source(folder, join(work, name))
    return new Sides(await NativeRoot.open(), work)
  }

  close(): void {
    rmSync(this.#work, { recursive: true, force: true })
  }

  node(crate: string, emit: string, linkage: 'static' | 'dynamic'): Made {
    const out = this.#empty(`node-${linkage}`)
    const mounts = ['--mount', `${join(this.#work, crate)}:/src`, '--mount', `${out}:/out:rw`]
    const options = ['run', '--linkage', linkage, ...mounts, '--cwd', '/src', '--', ...command(crate, emit)]
    const { status, stderr } = spawnSync(process.execPath, [bootgraph, ...options], { encoding: 'utf8', maxBuffer: 2 ** 28 })
    return { code: status, stderr, files: digests(out) }
  }

  native(crate: string, emit: string): Made {
    const out = this.#empty('native')
    const mounts = [
      [join(this.#work, crate), '/src'],
      [out, '/out'],
    ] as const
    const { status, stderr } = this.#native.run(command(crate, emit), { mounts, cwd: '/src' })
    return { code: status, stderr, files: digests(out) }
  }

  #empty(name: string): string {
    const folder = join(this.#work, `out-${name}`)
    if (existsSync(folder)) rmSync(folder, { recursive: true })
    mkdirSync(folder)
    return folder
  }
}

const command = (crate: string, emit: string): string[] => [
  'rustc',
  ...(EMITS[emit] ?? []),
  ...(CRATES[crate]?.args ?? []),
  '--out-dir',
  '/out',
]
