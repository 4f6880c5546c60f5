/**
 * A compiler that this project has not chosen: the newest stable rustup toolchain of the host passes the rungs in both
 * linkages, but for the procedural macro in a static image, and what it writes is what it writes natively.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addToolchain, removeReference } from '@bootgraph/rustc-bootstrap'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NativeRoot } from '../native/native-root.ts'

const bootgraph = fileURLToPath(new URL('../../apps/cli/bin/bootgraph.mjs', import.meta.url))
const NAME = 'rustup-identity'
const RUNGS = ['rustc-version', 'target-list', 'check-crate', 'emit-object', 'link-executable', 'run-executable']
const MACRO = 'procedural-macro'
const SOURCE = `use std::collections::HashMap;
pub fn count(words: &[String]) -> HashMap<&str, usize> {
    let mut seen = HashMap::new();
    for word in words { *seen.entry(word.as_str()).or_insert(0) += 1; }
    seen
}
pub fn mean(values: &[f64]) -> Option<f64> { if values.is_empty() { None } else { Some(values.iter().sum::<f64>() / values.len() as f64) } }
`
const FORMS: Readonly<Record<string, readonly string[]>> = {
  metadata: ['--emit=metadata'],
  object: ['--emit=obj'],
  optimised: ['--emit=obj', '-O'],
  debug: ['--emit=obj', '-g'],
  text: ['--emit=llvm-ir', '-C', 'codegen-units=1'],
}

const home = join(process.env.RUSTUP_HOME ?? join(homedir(), '.rustup'), 'toolchains')
const folders = existsSync(home) ? readdirSync(home).filter((name) => name.endsWith('-x86_64-unknown-linux-gnu')) : []
const found = folders.find((name) => name.startsWith('stable-')) ?? folders[0]
const which = found ?? `none in ${home}: skipped`

describe.skipIf(found === undefined)(`the rustup toolchain of this host (${which})`, () => {
  const work = mkdtempSync(join(tmpdir(), 'bootgraph-rustup-'))
  const layer = join(work, 'layer')
  let native: NativeRoot
  beforeAll(async () => {
    const toolchain = join(home, found!)
    await addToolchain(NAME, toolchain)
    native = await NativeRoot.open()
    mkdirSync(join(layer, 'usr'), { recursive: true })
    for (const part of ['bin', 'lib']) spawnSync('cp', ['-a', join(toolchain, part), join(layer, 'usr')])
  }, 600_000)
  afterAll(() => {
    removeReference(NAME)
    rmSync(work, { recursive: true, force: true })
  })

  test('passes the rungs in both linkages, but for the procedural macro in a static image', () => {
    const ladder = spawnSync(process.execPath, [bootgraph, 'ladder', '--json', '--toolchain', NAME, '--rung', ...RUNGS, MACRO], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    })
    const { results } = JSON.parse(ladder.stdout) as {
      results: { rung: string; linkage: string; state: string; stoppedBy?: { name: string } }[]
    }
    const passed = (linkage: string) =>
      results.filter((each) => each.linkage === linkage && each.state === 'passed').map(({ rung }) => rung)
    for (const linkage of ['static', 'dynamic']) expect(passed(linkage)).toEqual(expect.arrayContaining(RUNGS))
    expect([passed('static').includes(MACRO), passed('dynamic').includes(MACRO)]).toEqual([false, true])
    expect(results.find(({ rung, linkage }) => rung === MACRO && linkage === 'static')?.stoppedBy?.name).toBe('dlopen')
  }, 1_800_000)

  test.each(Object.keys(FORMS))(
    'writes %s byte for byte as natively, in both linkages',
    (form) => {
      const command = ['rustc', '--edition=2021', '--crate-type=lib', ...FORMS[form], '-o', '/w/out', '/w/source.rs']
      const made = (run: (folder: string) => { status: number | null; stderr: string }): Buffer => {
        const folder = mkdtempSync(join(work, 'w-'))
        writeFileSync(join(folder, 'source.rs'), SOURCE)
        const { status, stderr } = run(folder)
        expect([status, stderr]).toEqual([0, ''])
        return readFileSync(join(folder, 'out'))
      }
      const inNode = (linkage: string) => (folder: string) => {
        const options = ['--toolchain', NAME, '--linkage', linkage, '--mount', `${folder}:/w:rw`, '--cwd', '/w']
        return spawnSync(process.execPath, [bootgraph, 'run', ...options, '--', ...command], { encoding: 'utf8' })
      }
      const [dynamic, linked] = ['dynamic', 'static'].map((linkage) => made(inNode(linkage)))
      const expected = made((folder) => native.run(command, { layers: [layer], mounts: [[folder, '/w']], cwd: '/w' }))
      expect(dynamic.equals(expected)).toBe(true)
      expect(linked.equals(expected)).toBe(true)
    },
    1_800_000,
  )
})
