/** How the command line is reached: the link that npx finds at once. A `bin` of the workspace's root would send npx the long way round. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const manifest = (path: string): { version: string; bin?: object } =>
  JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as { version: string; bin?: object }

it('is a link among the programs of the workspace, and says its version', () => {
  expect(execFileSync(join(root, 'node_modules/.bin/bootgraph'), ['--version'], { encoding: 'utf8' })).toBe(
    `${manifest('apps/cli').version}\n`,
  )
  expect(manifest('.').bin).toBeUndefined()
})
