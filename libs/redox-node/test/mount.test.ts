/** A program works in a folder of the host that is mounted writable: the folder is afterwards as the same program leaves it natively. */
import { spawnSync } from 'node:child_process'
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { compiled } from './corpus/programs.ts'
import { inNode } from './corpus/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'bootgraph-mount-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function prepared(name: string): string {
  const work = join(folder, name)
  mkdirSync(work, { recursive: true })
  chmodSync(work, 0o751)
  writeFileSync(join(work, 'before'), 'before')
  return work
}

/** Every name with its type, mode, count of names, and content or target; the time where the program set it. */
function left(work: string): string[] {
  return (readdirSync(work, { recursive: true, encoding: 'utf8' }) as string[]).sort().map((name) => {
    const path = join(work, name)
    const stat = lstatSync(path)
    const content = stat.isFile() ? readFileSync(path, 'utf8') : stat.isSymbolicLink() ? readlinkSync(path) : ''
    const time = name === 'old' || name === 's' ? stat.mtimeMs : ''
    return `${name} ${stat.mode.toString(8)} ${stat.isFile() ? stat.nlink : ''} ${time} ${content}`
  })
}

it('names, links, times and modes reach the folder', () => {
  const program = compiled('c', fileURLToPath(new URL('./mount/names.c', import.meta.url)))
  const own = prepared('node')
  const { code, stdout, gaps, notes } = inNode(program, { mounts: [{ host: own, guest: '/tmp/work', writable: true }] })
  // The program goes to /tmp/work on both sides.
  const other = prepared('native')
  const script = 'mkdir -p /tmp/work && mount --bind "$0" /tmp/work && exec "$1"'
  const native = spawnSync('unshare', ['--mount', '--map-root-user', 'sh', '-c', script, other, join(program.folder, 'program')], {
    encoding: 'utf8',
  })
  expect({ code, stdout }, notes.join('\n')).toEqual({ code: native.status, stdout: native.stdout })
  expect(left(own)).toEqual(left(other))
  expect(gaps.filter(({ truth }) => truth === 'model')).toEqual([])
})

it('holes take no room of the host, in a folder or among outputs', () => {
  const program = compiled('c', fileURLToPath(new URL('./mount/holes.c', import.meta.url)))
  const [mounted, outputs] = ['mounted', 'outputs'].map(prepared)
  const mounts = [{ host: mounted, guest: '/tmp/work', writable: true }]
  const run = (at: string, more = {}) => inNode({ ...program, args: [at] }, { mounts, ...more })
  expect(run('/tmp/work')).toMatchObject({ code: 0, stdout: '0 3 3 0 1 0 1\n', notes: [] })
  const { size, blocks } = lstatSync(join(mounted, 'vast'))
  expect([size, blocks * 512 < 2 ** 20]).toEqual([2 ** 40, true])
  expect(run('/tmp', { outputs: { paths: ['/tmp/vast', '/tmp/small'], folder: outputs } }).code).toBe(0)
  expect(readdirSync(join(outputs, 'tmp'))).toEqual(['small'])
})
