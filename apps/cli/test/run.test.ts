/** `bootgraph run` as a person uses it: the command line and node image that `npm run setup` built, real ELF files. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type NodeReport, REPORT_SCHEMA } from '@bootgraph/build-graph'
import { RUNGS } from '@bootgraph/rustc-bootstrap'
import { Compile } from 'typebox/schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const bootgraph = join(root, 'apps/cli/bin/bootgraph.mjs')
const schema = Compile(REPORT_SCHEMA)
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-run-'))

/** The bytes of a rung's program. */
function programOf(rung: string): Uint8Array {
  for (const step of RUNGS.find(({ id }) => id === rung)?.steps ?? []) {
    for (const content of Object.values(step.files)) if (typeof content !== 'string') return content
  }
  throw new Error(`rung ${rung} has no program`)
}

/** The "node boots" program with other instructions at its entry, which is file offset 0x78. */
function patched(code: readonly number[]): Uint8Array {
  const bytes = programOf('node-boots').slice()
  bytes.set(code, 0x78)
  return bytes
}

function run(options: readonly string[], program: string) {
  const args = [bootgraph, 'run', '--toolchain', 'none', '--root', folder, '--abi', 'redox-2019-11', ...options, '--', program]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 })
  return { status, stdout, stderr }
}

function reported(options: readonly string[], program: string): NodeReport {
  const file = join(folder, 'report.json')
  run([...options, '--report', file], program)
  const report = JSON.parse(readFileSync(file, 'utf8')) as NodeReport
  expect(schema.Errors(report)).toEqual([true, []])
  return report
}

beforeAll(() => {
  const put = (name: string, content: Uint8Array | string) => writeFileSync(join(folder, name), content, { mode: 0o755 })
  put('boot', programOf('node-boots'))
  put('hello', programOf('static-hello'))
  put('spin', patched([0xeb, 0xfe]))
  put('undefined', patched([0x0f, 0x0b]))
  put('null', patched([0x8b, 0x04, 0x25, 0, 0, 0, 0]))
  put('kernel-half', patched([0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0x8b, 0x00]))
  put('write-text', patched([0xc7, 0x04, 0x25, 0, 0, 0x40, 0, 1, 0, 0, 0]))
  put('jump-away', patched([0x31, 0xc0, 0xff, 0xe0]))
  put('gate', patched([0x0f, 0x3f, 1, 2, 3, 4]))
  put('divide', patched([0x31, 0xc9, 0xf7, 0xf1]))
  put('thousand', patched([0xb9, 0xe8, 0x03, 0, 0, 0xff, 0xc9, 0x75, 0xfc, 0x0f, 0x0b]))
  put('unknown-call', patched([0x31, 0xc0, 0xff, 0xc8, 0x0f, 0x05, 0x6a, 0x01, 0x58, 0x0f, 0x05]))
  put('text', 'not a program\n')
  put('cut', programOf('static-hello').subarray(0, 100))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('bootgraph run', () => {
  it('passes standard output and the exit code through', () => {
    expect(run([], '/hello')).toEqual({ status: 0, stdout: 'hello from Redox system calls\n', stderr: '' })
    expect(run([], '/boot').status).toBe(42)
  })

  it('says in one line what the program called that is not there, unless it is to be quiet', () => {
    const said = 'bootgraph: called what is not there: kernel syscall 0xffffffff; --summary tells all\n'
    expect(run([], '/unknown-call')).toEqual({ status: 0, stdout: '', stderr: said })
    expect(run(['--quiet'], '/unknown-call')).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('finds a program on PATH and relative to the working directory', () => {
    expect(run(['--env', 'PATH=/'], 'hello').status).toBe(0)
    expect(run([], './hello').status).toBe(0)
  })

  it('reports the link map by digest', () => {
    const report = reported([], '/hello')
    const digest = createHash('sha256').update(programOf('static-hello')).digest('hex')
    expect(report.linkMap).toEqual([{ path: '/hello', digest, base: 0, origin: 'file' }])
    expect(report.exit).toEqual({ reason: 'exit', code: 0 })
  })

  it('prints the report as the last line on standard error where JSON is asked for', () => {
    const { stdout, stderr } = run(['--json'], '/hello')
    expect(stdout).toBe('hello from Redox system calls\n')
    expect(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ exit: { reason: 'exit', code: 0 } })
  })

  it('gives equal reports for equal seeds, outside what is measured', () => {
    const [a, b] = [reported(['--seed', '7'], '/hello'), reported(['--seed', '7'], '/hello')]
    expect({ ...a, measured: undefined }).toEqual({ ...b, measured: undefined })
  })

  it('counts exact instructions where asked: one move, a thousand times two, and not the one that faults', () => {
    expect(reported(['--count'], '/thousand').instructions).toBe('2001')
    expect(reported(['--count', '--no-cache'], '/thousand').instructions).toBe('2001')
    expect(reported([], '/thousand').instructions).toBeUndefined()
  })

  it.each([
    ['spin', ['--budget', '5000'], 124, 'budget'],
    ['spin', ['--timeout', '1'], 124, 'timeout'],
    ['undefined', [], 128 + 4, 'signal'],
    ['null', [], 128 + 11, 'signal'],
    ['kernel-half', [], 128 + 11, 'signal'],
    ['write-text', [], 128 + 11, 'signal'],
    ['jump-away', [], 128 + 11, 'signal'],
    ['gate', [], 128 + 4, 'signal'],
    ['divide', [], 128 + 8, 'signal'],
    ['text', [], 126, 'not-executable'],
    ['cut', [], 126, 'not-executable'],
    ['missing', [], 127, 'not-found'],
    ['hello', ['--memory', '4'], 126, 'memory'],
    ['hello', ['--cwd', '/nowhere'], 125, 'refused'],
  ] as const)('ends /%s %j with %i, reason %s', (program, options, code, reason) => {
    const report = reported(options, `/${program}`)
    expect([report.exit.reason, report.exit.code]).toEqual([reason, code])
  })

  it('finds no program without a name', () => {
    expect(reported(['--env', 'PATH=/'], '').exit).toMatchObject({ reason: 'not-found', code: 127 })
  })

  it('says where a program ended itself, and what it asked for', () => {
    expect(reported([], '/null').exit).toMatchObject({ fault: { rip: '0x400078', address: '0x0', stack: [] } })
    expect(run([], '/null').stderr).toBe('bootgraph: /null: ended by signal 11 at 0x400078, for address 0x0\n')
    expect(run([], '/undefined').stderr).toBe('bootgraph: /undefined: ended by signal 4 at 0x400078\n')
    expect(run([], '/jump-away').stderr).toBe('bootgraph: /jump-away: ended by signal 11 at 0x0\n')
  })

  it('refuses options that make no sense with one line and exit 125, and runs nothing', () => {
    for (const options of [
      ['--surface', '2026-13-45'],
      ['--root', ''],
      ['--root', '0'.repeat(64)],
      ['--mount', '/etc/passwd:/there'],
      ['--mount', '/tmp:/a/../b'],
      ['--cwd', 'relative'],
      ['--seed', ''],
      ['--seed', '1e3'],
      ['--memory', '0'],
      ['--memory', '999999999'],
      ['--timeout', '1e99'],
      ['--report', tmpdir()],
      ['--count', '--engine', 'translator'],
      ['--unknown'],
      ['--seed', 'x'],
      ['--linkage', 'loose'],
      ['--mount', 'nowhere'],
      ['--mount', '/nowhere:/there'],
      ['--report', '/nowhere/report.json'],
      ['--timeout', '-1'],
      ['--env', 'NOVALUE'],
      ['--trace', 'everything'],
    ]) {
      expect({ options, ...run(options, '/hello') }).toEqual({
        options,
        status: 125,
        stdout: '',
        stderr: expect.stringMatching(/^bootgraph: [^\n]+\n$/) as string,
      })
    }
  })
})
