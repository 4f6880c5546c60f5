/** One program, natively and in a node of this process, with the same arguments, environment and input. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Gap, NodeRequest } from '@bootgraph/build-graph'
import type { StdioPort } from '@bootgraph/kernel'
import { runMachine } from '../../src/machine.ts'
import type { Program } from './programs.ts'

const ENVIRONMENT = { PATH: '/usr/bin:/bin', HOME: '/root' }
/** Zone files are data of the tree, the same on both sides. */
const ZONES = '/usr/share/zoneinfo'
const LIMIT_SECONDS = 60

export interface Outcome {
  readonly stdout: string
  /** The exit status, or 128 + signal. */
  readonly code: number
}

export function natively(program: Program): Outcome {
  const cwd = mkdtempSync(join(tmpdir(), 'bootgraph-native-'))
  try {
    const { signal, status, stdout } = spawnSync(join(program.folder, 'program'), program.args, {
      argv0: '/program',
      cwd,
      env: ENVIRONMENT,
      input: program.input,
      encoding: 'latin1',
      timeout: LIMIT_SECONDS * 1000,
      maxBuffer: 1 << 28,
    })
    return { stdout, code: signal === null ? status! : 128 + constants.signals[signal] }
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}

export interface NodeOutcome extends Outcome {
  /** What the program wrote to standard error, the reason if the node ended it, and the model gaps that it met. */
  readonly notes: readonly string[]
  readonly gaps: readonly Gap[]
  /** How often it called each function of the C library. */
  readonly calls: Readonly<Record<string, number>>
  /** Of its engines. */
  readonly counters: Readonly<Record<string, number>>
  /** Milliseconds by phase, and what the report says beside them. */
  readonly time: Readonly<Record<string, number>>
}

/** `wrote` is told whenever the program has written something. */
export function inNode(program: Program, options: Partial<NodeRequest> = {}, wrote = () => {}): NodeOutcome {
  const written = [0, 1, 2].map((): Uint8Array[] => [])
  let at = 0
  const stdio = (fd: number): StdioPort => ({
    kind: 'pipe',
    read(into) {
      const part = program.input.subarray(at, at + into.length)
      into.set(part)
      at += part.length
      return part.length
    },
    write(from) {
      written[fd].push(from.slice())
      wrote()
      return true
    },
  })
  const flags = new Int32Array(new SharedArrayBuffer(8))
  const report = runMachine(
    {
      program: '/program',
      args: program.args,
      env: ENVIRONMENT,
      cwd: '/tmp',
      linkage: 'dynamic',
      surface: 'latest',
      mode: 'bridge',
      abi: 'auto',
      seed: 1,
      roots: [{ folder: program.folder }],
      mounts: [{ host: ZONES, guest: ZONES, writable: false }],
      budget: 500_000_000,
      memory: 1 << 30,
      timeout: LIMIT_SECONDS,
      trace: [],
      count: false,
      engine: 'mixed',
      ...options,
    },
    { digest: 'corpus', cpu: 'corpus' },
    flags,
    () => {},
    stdio,
  )
  const text = (fd: number) => Buffer.concat(written[fd]).toString('latin1')
  const model = report.gaps.filter((gap) => gap.truth === 'model')
  const notes = [text(2), report.exit.message ?? '', ...model.map((gap) => `model gap ${gap.component}/${gap.name}`)]
  return {
    stdout: text(1),
    code: report.exit.code,
    notes: notes.filter((note) => note !== ''),
    gaps: report.gaps,
    calls: report.calls,
    counters: report.measured.counters,
    time: report.measured.time,
  }
}
