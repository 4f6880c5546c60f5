import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RUNGS } from './rung.ts'
import { writeSysroot } from './sysroot.ts'

test('a sysroot is written file by file and holds all that the rungs name in it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sysroot-'))
  try {
    const part = (text: string) => new TextEncoder().encode(text)
    const names = ['crt1.o', 'crti.o', 'crtn.o', 'libc.so', 'libm.a']
    await writeSysroot(folder, { files: new Map(names.map((name) => [name, part(name)])) })
    expect(readdirSync(folder).sort()).toEqual(names)
    const named = RUNGS.flatMap((r) => r.steps.flatMap((s) => s.command)).flatMap((word) => /=sysroot\/(.+)$/.exec(word)?.[1] ?? [])
    expect(named.length).toBeGreaterThan(0)
    expect(names).toEqual(expect.arrayContaining(named))
    expect(readFileSync(join(folder, 'libm.a'), 'latin1')).toBe('libm.a')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
