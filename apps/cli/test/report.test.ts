/** Reports of runs that met gaps or were ended from outside, against their schema. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type NodeReport, REPORT_SCHEMA } from '@bootgraph/build-graph'
import { Compile } from 'typebox/schema'
import { afterAll, beforeAll, expect, it } from 'vitest'

const bootgraph = fileURLToPath(new URL('../bin/bootgraph.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-report-'))
const file = join(folder, 'report.json')
const schema = Compile(REPORT_SCHEMA)

const PROGRAM = `
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "spin") == 0) for (;;);
  if (argc > 1 && strcmp(argv[1], "eat") == 0) {
    for (;;) { char *p = malloc(1 << 20); if (!p) abort(); memset(p, 1, 1 << 20); }
  }
  regex_t re;
  if (regcomp(&re, "^h.*o$", REG_EXTENDED) != 0) return 2;
  puts(regexec(&re, "hello", 0, 0, 0) == 0 ? "match" : "none");
  return 0;
}`

const command = (options: readonly string[], args: readonly string[]): string[] => [
  ...[bootgraph, 'run', '--toolchain', 'none', '--root', folder, '--report', file, ...options],
  ...['--', '/program', ...args],
]

function reported(): NodeReport {
  const report = JSON.parse(readFileSync(file, 'utf8')) as NodeReport
  expect(schema.Errors(report)).toEqual([true, []])
  return report
}

function run(options: readonly string[], ...args: string[]): { status: number | null; stdout: string; stderr: string; report: NodeReport } {
  const { status, stdout, stderr } = spawnSync(process.execPath, command(options, args), { encoding: 'utf8', timeout: 60_000 })
  return { status, stdout, stderr, report: reported() }
}

beforeAll(() => {
  writeFileSync(join(folder, 'program.c'), PROGRAM)
  execFileSync('gcc', ['-O1', '-o', join(folder, 'program'), join(folder, 'program.c')])
})
afterAll(() => rmSync(folder, { recursive: true }))

it('what an early surface lacks is a gap with its occurrences, which strict stops at', () => {
  const bridged = run(['--surface', '2018-03-31'])
  expect(bridged).toMatchObject({ status: 0, stdout: 'match\n' })
  expect(bridged.report.gaps).toContainEqual({
    truth: 'upstream',
    component: 'relibc',
    kind: 'symbol-missing',
    name: 'regcomp',
    occurrences: expect.arrayContaining([
      expect.objectContaining({ found: 'call', symbol: 'regcomp', module: '/program', count: 1, detail: 'bridge' }),
    ]) as unknown,
  })
  expect(bridged.report.calls).toMatchObject({ regcomp: 1, regexec: 1, puts: 1 })
  const strict = run(['--surface', '2018-03-31', '--mode', 'strict'])
  expect(strict.report.exit).toMatchObject({ reason: 'gap', code: strict.status })
  expect(strict.stdout).toBe('')
})

it('a program that the memory limit has ended says so', () => {
  const { status, report } = run(['--memory', '32'], 'eat')
  expect(status).toBe(134)
  expect(report.exit).toMatchObject({
    reason: 'signal',
    signal: 6,
    message: '/program: ended by signal 6; the memory limit of 32 MiB was met',
  })
  expect(report.memory.limit).toBe(32 * 2 ** 20)
  expect(report.memory.refusals).toBeGreaterThan(0)
  expect(report.measured.guestPages).toBeGreaterThan(4096)
})

it.each([
  ['SIGINT', 2],
  ['SIGQUIT', 3],
  ['SIGUSR1', 10],
  ['SIGTERM', 15],
  ['SIGKILL', 9],
] as const)('%s from outside ends the run with a report', async (signal, number) => {
  rmSync(file, { force: true })
  const child = spawn(process.execPath, command([], ['spin']), { stdio: 'ignore' })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const childrenOf = (pid: number) =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  let node: number | undefined
  while (node === undefined) {
    await delay(50)
    node = childrenOf(child.pid!)[0]
  }
  await delay(700)
  // The node's own process dies where nothing can be caught; the command line must still say what happened.
  process.kill(signal === 'SIGKILL' ? node : child.pid!, signal)
  const code = await ended
  const { exit } = reported()
  if (signal === 'SIGKILL')
    expect([code, exit.reason, exit.message]).toEqual([125, 'defect', "the node's process ended without a report (SIGKILL)"])
  else expect([code, exit.reason, exit.signal]).toEqual([128 + number, 'signal', number])
})
