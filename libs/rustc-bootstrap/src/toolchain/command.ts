/** Programs of the host, run with their output collected. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { ToolchainError } from './toolchain-error.ts'

/** Runs to the end and gives stdout. @throws ToolchainError with the program's last error line. */
export async function output(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const child = start(program, args, cwd)
  const parts: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => parts.push(part))
  await ended(program, child)
  return Buffer.concat(parts).toString('utf8')
}

/** Gives stdout in pieces. @throws ToolchainError if the program fails. */
export async function* outputPieces(program: string, args: readonly string[]): AsyncIterable<Buffer> {
  const child = start(program, args)
  const end = ended(program, child)
  end.catch(() => {})
  yield* child.stdout as AsyncIterable<Buffer>
  await end
}

type Child = ChildProcessByStdio<null, Readable, Readable>

function start(program: string, args: readonly string[], cwd?: string): Child {
  return spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } })
}

function ended(program: string, child: Child): Promise<void> {
  const errors: Buffer[] = []
  child.stderr.on('data', (part: Buffer) => errors.push(part))
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new ToolchainError(`${program} is not installed on this host`) : error),
    )
    child.on('close', (code, signal) => {
      if (code === 0) return resolve()
      const lines = Buffer.concat(errors).toString('utf8').split('\n').filter(Boolean)
      const line = lines.find((l) => l.startsWith('E:')) ?? lines.at(-1)
      reject(new ToolchainError(`${program} failed (${signal ?? `exit ${code}`})${line ? `: ${line}` : ''}`))
    })
  })
}
