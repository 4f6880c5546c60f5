/** <netinet/ether.h>: hardware addresses as text, and /etc/ethers, where a tree has it (ether_aton(3), ethers(5)). */
import type { Co } from '@bootgraph/kernel'
import { putString, source, target, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type HeaderTable, leaf, object } from '../../registry/define.ts'
import { lines } from '../database.ts'
import { segfault } from '../fault.ts'
import { storage } from '../storage.ts'

const LENGTH = 6
/** Six numbers of two digits, their colons, NUL. */
const TEXT = 18
/** What follows the last number's second digit does not matter. */
const ADDRESS = /^(?:[\da-f]{1,2}:){5}(?:[\da-f]{2}|[\da-f](?=\s|$))/i

function parse(text: string): Uint8Array | undefined {
  const [found] = ADDRESS.exec(text) ?? []
  return found === undefined ? undefined : Uint8Array.from(found.split(':'), (part) => Number.parseInt(part, 16))
}

/** A line `address name`: the character behind the address parts them, whatever it is. */
function parseLine(line: string): { readonly address: Uint8Array; readonly name: string } | undefined {
  const address = parse(line)
  const [name] = /^[^\s#]+/.exec(line.replace(ADDRESS, '').slice(1).trimStart()) ?? []
  return address === undefined || name === undefined ? undefined : { address, name }
}

const format = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16)).join(':')

const listed = lines('/etc/ethers', parseLine)

function aton(c: LibcCall, text: number, out: number): number {
  const bytes = parse(c.string(text))
  const into = target(c, out, LENGTH)
  if (bytes === undefined || into === undefined) return 0
  into.set(bytes)
  return out
}

function ntoa(c: LibcCall, address: number, out: number): number {
  const bytes = source(c, address, LENGTH)
  if (bytes === undefined || !writable(c, out, TEXT)) return segfault(c)
  putString(c, out, TEXT, format(bytes))
  return out
}

/** 0 to the caller. */
function put(c: LibcCall, bytes: Uint8Array, out: number): number {
  const into = target(c, out, bytes.length)
  if (into === undefined) return segfault(c)
  into.set(bytes)
  return 0
}

const putName = (c: LibcCall, name: string, out: number): number => put(c, new TextEncoder().encode(`${name}\0`), out)

function* hostToNumber(c: LibcCall, name: number, out: number): Co<number> {
  const wanted = c.string(name)
  const all = yield* listed(c)
  const found = typeof all === 'number' ? undefined : all.find((each) => each.name === wanted)
  return found === undefined ? -1 : put(c, found.address, out)
}

function* numberToHost(c: LibcCall, out: number, address: number): Co<number> {
  const bytes = source(c, address, LENGTH)
  if (bytes === undefined) return segfault(c)
  const wanted = format(bytes)
  const all = yield* listed(c)
  const found = typeof all === 'number' ? undefined : all.find((each) => format(each.address) === wanted)
  return found === undefined ? -1 : putName(c, found.name, out)
}

export const netinetEther: HeaderTable = {
  name: 'netinet/ether',
  spec: 'https://man7.org/linux/man-pages/man3/ether_aton.3.html',
  rows: [
    object('__libc_ether', LENGTH, 8),
    object('__libc_ether_text', TEXT, 8),
    leaf('ether_aton', 'ptr(ptr)', (c, text: number) => aton(c, text, storage(c, '__libc_ether'))),
    leaf('ether_aton_r', 'ptr(ptr, ptr)', aton),
    leaf('ether_ntoa', 'ptr(ptr)', (c, address: number) => ntoa(c, address, storage(c, '__libc_ether_text'))),
    leaf('ether_ntoa_r', 'ptr(ptr, ptr)', ntoa),
    leaf('ether_line', 'int(ptr, ptr, ptr)', (c, line: number, out: number, name: number) => {
      const found = parseLine(c.string(line))
      return found === undefined ? -1 : put(c, found.address, out) + putName(c, found.name, name)
    }),
    blocking('ether_hostton', 'int(ptr, ptr)', hostToNumber),
    blocking('ether_ntohost', 'int(ptr, ptr)', numberToHost),
  ],
}
