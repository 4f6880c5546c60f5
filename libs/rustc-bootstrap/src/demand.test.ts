import { makeArchive, makeObject, makeSharedObject } from '@bootgraph/ld-so/elf'
import { expect, test } from 'vitest'
import { Demand } from './demand.ts'

const asks = (name: string, ...symbols: string[]): Uint8Array =>
  makeObject({
    functions: [{ name, code: new Uint8Array(8), relocations: symbols.map((symbol) => ({ offset: 1, type: 4, symbol, addend: -4 })) }],
    objects: [],
  })

test('what one object defines the others no longer ask for', () => {
  const demand = new Demand()
  expect(demand.add('a.o', asks('first', 'second', 'open'))).toBe(true)
  expect(demand.open().map(({ name }) => name)).toEqual(['open', 'second'])
  demand.add('b.o', asks('second', 'open', 'close'))
  expect(demand.open()).toEqual([
    { name: 'close', by: 'b.o', weak: false },
    { name: 'open', by: 'a.o', weak: false },
  ])
})

test('archives are read member by member, other bytes are told apart', () => {
  const demand = new Demand()
  const members = [
    { name: 'a.o', bytes: asks('first', 'open') },
    { name: 'b.o', bytes: asks('second', 'first') },
  ]
  expect(demand.add('lib.a', makeArchive(members))).toBe(true)
  expect(demand.add('so', makeSharedObject({ soname: 'x', functions: [], objects: [] }))).toBe(true)
  expect(demand.add('text', new TextEncoder().encode('#!/bin/sh\n'))).toBe(false)
  expect(demand.objects).toBe(3)
  expect(demand.open()).toEqual([{ name: 'open', by: 'lib.a(a.o)', weak: false }])
})

test('a thin archive is told: what its members ask for is not in it', () => {
  const demand = new Demand()
  expect(demand.add('lib.a', new TextEncoder().encode('!<thin>\n'))).toBe(false)
  expect(demand.damaged).toEqual([expect.stringMatching(/^lib\.a: .*a thin archive$/)])
})

test('a damaged file is told apart from one that is none', () => {
  const demand = new Demand()
  const whole = asks('open')
  expect(demand.add('cut.o', whole.subarray(0, whole.length >> 1))).toBe(false)
  expect(demand.add('cut.a', new TextEncoder().encode('!<arch>\nbroken'))).toBe(false)
  expect(demand.add('text', new TextEncoder().encode('hello'))).toBe(false)
  expect(demand.damaged.map((line) => line.split(':')[0])).toEqual(['cut.o', 'cut.a'])
  expect(demand.objects).toBe(0)
})
