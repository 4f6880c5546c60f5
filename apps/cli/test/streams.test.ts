/** What the command line writes, where nobody reads it or no room is left: a program's exit is its own, errors are one line. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeReport } from '@bootgraph/build-graph'
import { RUNGS } from '@bootgraph/rustc-bootstrap'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const bootgraph = fileURLToPath(new URL('../bin/bootgraph.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-streams-'))

/** A line of a shell, in which `bootgraph` and `hello`, a program that runs in a node and says so, are commands. */
function shell(line: string) {
  const commands = `
    bootgraph() { '${process.execPath}' '${bootgraph}' "$@"; }
    hello() { bootgraph run --toolchain none --root . --abi redox-2019-11 "$@" -- /hello; }`
  const { status, stdout, stderr } = spawnSync('sh', ['-c', `${commands}\n${line}`], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { status, stdout, stderr }
}

describe.skipIf(process.platform === 'win32')('where nobody reads', () => {
  beforeAll(() => {
    const steps = RUNGS.find(({ id }) => id === 'static-hello')?.steps ?? []
    const program = steps.flatMap(({ files }) => Object.values(files)).find((content) => typeof content !== 'string')
    writeFileSync(join(folder, 'hello'), program!, { mode: 0o755 })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('loses a trace, and exits as the program does', () => {
    const { stdout } = shell('hello')
    expect(stdout).not.toBe('')
    expect(shell('hello --trace syscall 2> /dev/full')).toEqual({ status: 0, stdout, stderr: '' })
    expect(shell('{ hello --trace syscall 2>&1 > said; echo $? > exit; } | true').status).toBe(0)
    expect([readFileSync(join(folder, 'said'), 'utf8'), readFileSync(join(folder, 'exit'), 'utf8')]).toEqual([stdout, '0\n'])
  })

  it('says in one line that the list has no room, and is content with a reader who leaves', () => {
    expect(shell('bootgraph surface list > /dev/full')).toEqual({
      status: 125,
      stdout: '',
      stderr: 'bootgraph: standard output: no space left on device\n',
    })
    expect(shell('bootgraph surface show latest | true')).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('writes a report to a pipe', () => {
    const { stdout, status } = shell('mkfifo pipe; cat pipe > report & hello --report pipe > said; wait; cat report')
    expect(status).toBe(0)
    expect((JSON.parse(stdout) as NodeReport).exit).toMatchObject({ reason: 'exit', code: 0 })
  })

  it('writes a report in place of a longer one', () => {
    const { stdout } = shell('seq 100000 > report; hello --report report > said; cat report')
    expect((JSON.parse(stdout) as NodeReport).exit).toMatchObject({ reason: 'exit', code: 0 })
  })
})
