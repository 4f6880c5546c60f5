import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RUNGS } from './rung.ts'
import { writeSysroot } from './sysroot.ts'

test('a sysroot holds all that the rungs name in it, and what -lm and the like ask for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sysroot-'))
  try {
    const part = (text: string) => new TextEncoder().encode(text)
    const names = await writeSysroot(folder, {
      crt: { 'crt1.o': part('1'), 'crti.o': part('i'), 'crtn.o': part('n') },
      sharedLibc: part('so'),
    })
    expect(readdirSync(folder).sort()).toEqual(names)
    const named = RUNGS.flatMap((r) => r.steps.flatMap((s) => s.command)).flatMap((word) => /=sysroot\/(.+)$/.exec(word)?.[1] ?? [])
    expect(named.length).toBeGreaterThan(0)
    expect(names).toEqual(expect.arrayContaining(named))
    expect(readFileSync(join(folder, 'libm.a'), 'latin1')).toBe('!<arch>\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
