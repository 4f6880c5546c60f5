/** Nothing of the host runs on behalf of a guest: a process trace of a run that forks and execs shows Node and nothing else. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { hostTool } from './host-tool.ts'

const bootgraph = fileURLToPath(new URL('../../apps/cli/bin/bootgraph.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-trace-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('a guest that starts programs starts none on the host', async () => {
  const strace = await hostTool('strace', ['strace', 'libunwind8'])
  const log = join(folder, 'execs')
  const guest = ['sh', '-c', 'rustc --version; rustc --print sysroot | sh -c "read line; echo got \\$line"']
  const traced = spawnSync(
    strace.command,
    ['-f', '-qq', '-e', 'trace=execve,execveat', '-e', 'status=successful', '-o', log, process.execPath, bootgraph, 'run', '--', ...guest],
    { encoding: 'utf8', env: { ...process.env, ...strace.env } },
  )
  expect([traced.status, traced.stdout]).toEqual([0, expect.stringMatching(/^rustc 1\.63\.0\ngot \/usr\n$/)])
  const executed = [...readFileSync(log, 'utf8').matchAll(/execve(?:at)?\((?:\d+, )?"([^"]*)"/g)].map((match) => realpathSync(match[1]))
  expect(new Set(executed)).toEqual(new Set([realpathSync(process.execPath)]))
})
