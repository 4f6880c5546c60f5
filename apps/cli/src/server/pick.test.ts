import { expect, test } from 'vitest'
import type { Api } from './client.ts'
import { pickBuild } from './pick.ts'

/** A server with builds of these ids, the newest first. */
const withBuilds = (...ids: string[]): Api =>
  ({ GET: async () => ({ data: { items: ids.map((id) => ({ id })) }, response: new Response() }) }) as unknown as Api

test('a build is known by its id even where others begin with it', async () => {
  const api = withBuilds('12', '11', '10', '2', '1')
  expect(await pickBuild(api, '1')).toBe('1')
  expect(await pickBuild(api, '2')).toBe('2')
  expect(await pickBuild(api, undefined)).toBe('12')
  expect(await pickBuild(api, 'latest')).toBe('12')
  await expect(pickBuild(withBuilds('12', '11'), '1')).rejects.toThrow('2 builds begin with "1"; give more of the id')
})
