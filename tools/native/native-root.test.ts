import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NativeRoot } from './native-root.ts'

let native: NativeRoot
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-native-root-'))
beforeAll(async () => {
  native = await NativeRoot.open()
}, 600_000)
afterAll(() => rmSync(folder, { recursive: true }))

const shell = (script: string, options = {}) => native.run(['sh', '-c', script], options)

test("a program's code and signal are the run's, and what it prints", () => {
  expect(shell('echo out; echo err >&2; exit 3')).toMatchObject({ status: 3, signal: null, stdout: 'out\n', stderr: 'err\n' })
  expect(shell('kill -11 $$')).toMatchObject({ signal: 'SIGSEGV' })
})

test('its CPU time is counted, that of its children included', () => {
  const { cpu } = shell("sh -c 'i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done'; true")
  expect(cpu).toBeGreaterThan(50)
  expect(shell('exit 0').cpu).toBeLessThan(cpu)
})

test('layers lie over the tree, and what is written goes to its own folder', () => {
  const [layer, written] = [join(folder, 'layer'), join(folder, 'written')]
  mkdirSync(layer)
  writeFileSync(join(layer, 'note'), 'above\n')
  expect(shell('read -r line < /note; echo "$line"; echo new > /made', { layers: [layer], written })).toMatchObject({
    status: 0,
    stdout: 'above\n',
  })
  expect(readFileSync(join(written, 'made'), 'utf8')).toBe('new\n')
  expect(existsSync(join(native.folder, 'made'))).toBe(false)
})
