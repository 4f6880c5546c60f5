/** The machine knows no program: no crate of the compiler or the standard library is named in its code. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import record from '../../docs/bootstrap/stage1-dynamic-target-dynamic.json' with { type: 'json' }

const root = fileURLToPath(new URL('../..', import.meta.url))
const MACHINE = ['cpu', 'kernel', 'drivers', 'ld-so', 'relibc', 'redox-node'].map((room) => `libs/${room}/src`)
/** Crates that are called by what C, POSIX, ELF and x86-64 call something else: functions, headers, instructions, files. */
const WORDS = new Set('cc core digest getrandom libc link log memchr object rand regex std test unwind'.split(' '))
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm
const TEXT = /'[^'\n]*'|"[^"\n]*"|`[^`]*`|\/[^/\n]+\/[a-z]*/g

test('no crate that a bootstrap compiles is named in a text of the machine', () => {
  const crates = record.units.filter(({ kind }) => kind === 'compile').map(({ name }) => name.split(' ')[0])
  const names = new Set(crates.filter((name) => !WORDS.has(name)).flatMap((name) => [name, name.replaceAll('-', '_')]))
  expect(names.size).toBeGreaterThan(200)
  const files = execFileSync('git', ['ls-files', '-z', ...MACHINE], { cwd: root, encoding: 'utf8' }).split('\0')
  const named = files
    .filter((path) => /(?<!\.test)\.ts$/.test(path))
    .flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').replaceAll(COMMENT, '').matchAll(TEXT)]
        .flatMap(([text]) => text.match(/[\w-]+/g) ?? [])
        .filter((word) => names.has(word.replace(/^lib/, '')))
        .map((word) => `${path}: ${word}`),
    )
  expect(named).toEqual([])
})
