import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askImage } from './image-process.ts'

const image = mkdtempSync(join(tmpdir(), 'image-process-'))
beforeAll(() => {
  process.env.IMAGE_PROCESS_SECRET = 'not for an image'
  writeFileSync(join(image, 'made.mjs'), `export * from './other.mjs'`)
  writeFileSync(
    join(image, 'other.mjs'),
    `import { spawnSync } from 'node:child_process'
     import { readFileSync, writeFileSync } from 'node:fs'
     const code = (work) => { try { work(); return 'done' } catch (error) { return error.code } }
     export const double = (n) => 2 * n
     export const attempts = (file) => [code(() => readFileSync(file)), code(() => writeFileSync(file, '')), code(() => spawnSync('true'))]
     export const secrets = () => Object.keys(process.env)`,
  )
})
afterAll(() => {
  delete process.env.IMAGE_PROCESS_SECRET
  rmSync(image, { recursive: true })
})

test('an image answers from its bundles', async () => {
  expect(await askImage(image, 'made.mjs', 'answer(new Map([[1, bundle.double(request)]]))', 21)).toEqual(new Map([[1, 42]]))
})

test('it reads, writes and starts nothing of ours, and knows nothing of our environment', async () => {
  const refused = ['ERR_ACCESS_DENIED', 'ERR_ACCESS_DENIED', 'ERR_ACCESS_DENIED']
  expect(await askImage(image, 'made.mjs', 'answer(bundle.attempts(request))', '/etc/hostname')).toEqual(refused)
  const seen = await askImage<string[]>(image, 'made.mjs', 'answer(bundle.secrets())', undefined)
  expect(seen).not.toContain('IMAGE_PROCESS_SECRET')
  expect(seen).not.toContain('PATH')
})

test('one that fails or ends without an answer is told by its name', async () => {
  await expect(askImage(image, 'absent.mjs', 'answer(1)', undefined)).rejects.toThrow('absent.mjs of the node image gave no answer')
  await expect(askImage(image, 'made.mjs', 'process.exit(3)', undefined)).rejects.toThrow(
    'made.mjs of the node image gave no answer (exit 3)',
  )
})
