import { describe, expect, it } from 'vitest'
import { surfaceAt } from './dated.ts'
import { judge } from './judge.ts'

const early = surfaceAt('2019-11-27')!
const latest = surfaceAt('latest')!

describe('judging a demand', () => {
  it('takes a name that the surface exports as served', () => {
    expect(judge('malloc', early, 'linux-gnu')).toEqual({ kind: 'served', name: 'malloc', stub: false })
  })
  it('judges a glibc spelling by the plain name behind it', () => {
    expect(judge('__fprintf_chk', latest, 'linux-gnu')).toEqual({ kind: 'host-spelling', name: 'fprintf', stub: false })
  })
  it('calls a name host-only when no plain name and no snapshot of relibc has it', () => {
    expect(judge('gnu_get_libc_version', latest, 'linux-gnu')).toEqual({ kind: 'host-only', name: 'gnu_get_libc_version' })
    expect(judge('gnu_get_libc_version', latest, 'redox')).toEqual({ kind: 'upstream', name: 'gnu_get_libc_version' })
  })
  it('calls what a date lacks and a later one has an upstream gap of that date', () => {
    expect(judge('lchown', early, 'linux-gnu')).toEqual({ kind: 'upstream', name: 'lchown' })
    expect(judge('lchown', latest, 'linux-gnu').kind).toBe('served')
  })
})
