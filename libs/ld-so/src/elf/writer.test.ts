import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PF_GATE } from '../loader-port.ts'
import { makeArchive, makeObject, makeSharedObject, readArchive } from './index.ts'

const dir = mkdtempSync(join(tmpdir(), 'elf-writer-'))
const run = (command: string, ...args: string[]): string => execFileSync(command, args, { cwd: dir, encoding: 'utf8', stdio: 'pipe' })
/** mov eax, value; ret */
const returns = (value: number): Uint8Array => Uint8Array.of(0xb8, value, 0, 0, 0, 0xc3)
const functions = Array.from({ length: 60 }, (_, i) => ({ name: `answer${i}`, code: returns(i) }))
const counter = { name: 'counter', size: 4, align: 4, data: Uint8Array.of(30, 0, 0, 0), aliases: ['_counter'] }
const blank = { name: 'blank', size: 100, align: 64 }
const main = `extern int answer5(void), answer59(void), counter, _counter; extern char blank[100];
int main(void){ _counter++; blank[99]=1; return answer5()+answer59()+counter+blank[99]+blank[0]; }`

test('a made shared object is linked by ld and run by the host loader', () => {
  const parts = { soname: 'libmade.so', functions, objects: [counter, blank] }
  writeFileSync(join(dir, 'libmade.so'), makeSharedObject(parts))
  writeFileSync(join(dir, 'main.c'), main)
  expect(makeSharedObject(parts)).toEqual(makeSharedObject(parts))
  run('gcc', 'main.c', '-o', 'main', '-L.', '-lmade', '-Wl,-rpath,$ORIGIN')
  expect(() => run('./main')).toThrow(expect.objectContaining({ status: 5 + 59 + 31 + 1 }))
})

test('readelf reads a made shared object without complaint, and sees the gate flag', () => {
  const bytes = makeSharedObject({ soname: 'libgate.so', functions, objects: [], codeFlags: 5 | PF_GATE })
  writeFileSync(join(dir, 'libgate.so'), bytes)
  const text = run('sh', '-c', 'readelf -aW libgate.so 2>&1')
  expect(text).not.toMatch(/warning|error/i)
  expect(text).toContain('libgate.so')
  expect(text).toMatch(/FUNC +GLOBAL DEFAULT +4 answer59/)
})

test('a made archive of made objects is linked statically, relocations included', () => {
  const call = { offset: 1, type: 4, symbol: 'answer5', addend: -4 }
  const twice = { name: 'through_call', code: Uint8Array.of(0xe8, 0, 0, 0, 0, 0xc3), relocations: [call] }
  const members = [
    { name: 'answers.o', bytes: makeObject({ functions, objects: [counter, blank] }) },
    { name: 'a_member_with_a_long_name.o', bytes: makeObject({ functions: [twice], objects: [] }) },
  ]
  const archive = makeArchive(members)
  writeFileSync(join(dir, 'libanswers.a'), archive)
  writeFileSync(join(dir, 'call.c'), 'int through_call(void); extern int counter; int main(void){ return through_call()+counter; }')
  run('gcc', 'call.c', '-o', 'call', '-L.', '-lanswers', '-no-pie')
  expect(() => run('./call')).toThrow(expect.objectContaining({ status: 35 }))
  const read = readArchive('libanswers.a', archive)
  expect(read.ok && read.value.map((member) => member.name)).toEqual(members.map((member) => member.name))
})

test('mutated files give a fault or a value, never an exception', async () => {
  const { readHeader, readSections, readSegments, readSymbols, Sht } = await import('./index.ts')
  const object = makeSharedObject({ soname: 'libmade.so', functions, objects: [counter, blank] })
  const archive = makeArchive([{ name: 'answers.o', bytes: makeObject({ functions, objects: [counter] }) }])
  let seed = 20191127
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed % below
  }
  let refused = 0
  for (let round = 0; round < 500; round++) {
    const elf = object.slice(0, round % 5 === 0 ? random(object.length) : object.length)
    const ar = archive.slice(0, round % 5 === 0 ? random(archive.length) : archive.length)
    for (let n = 0; n < 4; n++) {
      elf[random(Math.min(elf.length, 400)) || 0] = random(256)
      ar[random(Math.min(ar.length, 400)) || 0] = random(256)
    }
    const header = readHeader('f', elf)
    if (!readArchive('f', ar).ok) refused++
    if (!header.ok) continue
    readSegments('f', elf, header.value)
    const sections = readSections('f', elf, header.value)
    if (sections.ok) readSymbols('f', elf, sections.value, Sht.dynsym)
  }
  expect(refused).toBeGreaterThan(0)
})
