import { expect, test } from 'vitest'
import { type Action, actionDigest, changedIngredients } from './action.ts'
import { sha256 } from './sha256.ts'

const digest = (text: string) => sha256(new TextEncoder().encode(text))
const action: Action = {
  version: 1,
  command: ['/usr/bin/rustc', '--version'],
  env: { PATH: '/usr/bin' },
  cwd: '/',
  roots: [digest('root')],
  input: digest('input'),
  inputPath: '/src',
  overlays: [],
  outputs: [],
  linkage: 'dynamic',
  targetLinkage: 'static',
  surface: digest('2019-11-27'),
  mode: 'strict',
  abi: 'auto',
  image: digest('image'),
  seed: 0,
  budget: 0,
  memory: 2 ** 30,
}

/** Another value for each ingredient: the compiler refuses this table when an ingredient is added without one. */
const OTHER: { readonly [K in Exclude<keyof Action, 'version'>]: Action[K] } = {
  command: ['/usr/bin/rustc', '-vV'],
  env: { PATH: '/bin' },
  cwd: '/src',
  roots: [],
  input: digest('other'),
  inputPath: '/other',
  overlays: [{ name: 'flock', tree: digest('flock') }],
  outputs: ['/out/a'],
  linkage: 'static',
  targetLinkage: 'dynamic',
  surface: digest('2026-08-21'),
  mode: 'bridge',
  abi: 'redox',
  image: digest('image 2'),
  seed: 1,
  budget: 1,
  memory: 2 ** 31,
}

test.each(Object.keys(OTHER) as (keyof typeof OTHER)[])('%s changes the digest and is named as the change', (key) => {
  const changed = { ...action, [key]: OTHER[key] }
  expect(actionDigest(changed)).not.toBe(actionDigest(action))
  expect(changedIngredients(action, changed)).toEqual([key])
})

test('the order of members does not matter', () => {
  expect(actionDigest(Object.fromEntries(Object.entries(action).reverse()) as unknown as Action)).toBe(actionDigest(action))
})
