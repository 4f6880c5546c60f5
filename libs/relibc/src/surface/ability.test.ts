import { expect, test } from 'vitest'
import { abilityBehind, surfaceAbilities, surfaceAbility } from './ability.ts'

test('an ability comes at its date, full has all, an imported surface stands on ld.so of today', () => {
  const present = (surface: string) => surfaceAbility('R_X86_64_COPY', surface).present
  expect(['2019-11-27', '2021-01-02', '2021-01-03', 'latest', 'mine'].map(present)).toEqual([false, false, true, true, true])
  expect(surfaceAbilities('full').every((ability) => ability.present)).toBe(true)
  expect(surfaceAbilities('latest').some((ability) => !ability.present)).toBe(true)
})

test('functions of dlfcn.h and link.h are known by their rows', () => {
  expect(['dlopen', 'dlinfo', 'dl_iterate_phdr', '_dl_find_object', 'malloc', 'dladdr1'].map(abilityBehind)).toEqual([
    'dlopen',
    'dlvsym / dlinfo',
    'dl_iterate_phdr / link.h',
    '_dl_find_object',
    undefined,
    undefined,
  ])
})
