/** Scripts of the distribution's programs do in a node what they do natively; the table of them says so. */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { NativeRoot } from '../native/native-root.ts'
import { compare, scripts, TOOLCHAIN } from './compare.ts'

let native: NativeRoot
beforeAll(async () => {
  native = await NativeRoot.open(TOOLCHAIN)
}, 600_000)

describe('a script does in a node what it does natively', () => {
  it.each(scripts().map((script) => [script.name, script] as const))('%s', async (_, script) => {
    const { node, native: there, differs } = await compare(script, native)
    if (script.known !== undefined) {
      // A mark whose reason is gone must go, too.
      expect(differs, script.known).not.toEqual([])
      return
    }
    expect(node.stdout).toBe(there.stdout)
    expect(node.stderr).toBe(there.stderr)
    expect(node.files).toEqual(there.files)
    expect(node.code).toBe(there.code)
  })
})

it('the table has every script, and nothing else', () => {
  const kept = JSON.parse(readFileSync(new URL('../../docs/programs/programs.json', import.meta.url), 'utf8'))
  expect(kept.outcomes.map(({ script }: { script: string }) => script)).toEqual(scripts().map(({ name }) => name))
})
