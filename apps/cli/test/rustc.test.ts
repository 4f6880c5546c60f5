/**
 * A real rustc in a node gives the bytes that it gives on the host. The expectations are recorded from the same Debian rustc 1.63
 * run natively in a chroot of the same packages plus libc6, in /w, with the same arguments.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeReport } from '@bootgraph/build-graph'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const bootgraph = fileURLToPath(new URL('../bin/bootgraph.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-rustc-'))
const SOURCE = 'pub fn f(x: u32) -> u32 { x.wrapping_mul(3) }\nfn main() { println!("hello"); }\n'

const rustc = (linkage: string, ...args: string[]) =>
  spawnSync(
    process.execPath,
    [bootgraph, 'run', '--linkage', linkage, '--mount', `${folder}:/w:rw`, '--cwd', '/w', '--', 'rustc', ...args],
    { encoding: 'utf8' },
  )

beforeAll(() => writeFileSync(join(folder, 'hello.rs'), SOURCE))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('a compiler that panics at its own doing ends as it does natively, and the node reports it', () => {
  writeFileSync(join(folder, 'wrong.rs'), 'fn main() { missing(); }\n')
  const report = join(folder, 'report.json')
  const options = [
    '--env',
    'RUSTC_BOOTSTRAP=1',
    '--env',
    'RUST_BACKTRACE=0',
    '--report',
    report,
    '--mount',
    `${folder}:/w:rw`,
    '--cwd',
    '/w',
  ]
  const args = ['-Ztreat-err-as-bug=1', '--emit=metadata', 'wrong.rs']
  const ended = spawnSync(process.execPath, [bootgraph, 'run', ...options, '--', 'rustc', ...args], { encoding: 'utf8' })
  expect(ended.stderr).toContain('internal compiler error')
  expect(ended.status).toBe(101)
  expect((JSON.parse(readFileSync(report, 'utf8')) as NodeReport).exit).toEqual({ reason: 'exit', code: 101 })
})

describe.each(['dynamic', 'static'])('rustc in a node, %s', (linkage) => {
  it('says its version as it does natively', () => {
    const { status, stdout } = rustc(linkage, '--version', '--verbose')
    expect([status, stdout]).toEqual([
      0,
      'rustc 1.63.0\nbinary: rustc\ncommit-hash: unknown\ncommit-date: unknown\nhost: x86_64-unknown-linux-gnu\nrelease: 1.63.0\nLLVM version: 14.0.6\n',
    ])
  })

  it.each([
    ['out.rmeta', ['--emit=metadata', '--crate-type=lib'], '219e7ad0abdf9da3e3a14c37c88c1874113d4860553464a811d6d1b5bb2adb49'],
    ['out.o', ['--emit=obj'], '9b0dfc8dd9a250f935484222b01d2420661b10946295d4c627cf97bf8559a622'],
    ['out-opt.o', ['-O', '--emit=obj'], 'c3ef4f94198c68f3a5f695df0fe0c56d8d0138586f5d70c093bf2380015fc57d'],
  ])('writes %s byte for byte as natively', (name, args, digest) => {
    expect(rustc(linkage, ...args, '-o', `/w/${name}`, '/w/hello.rs').status).toBe(0)
    expect(
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ).toBe(digest)
  })
})
