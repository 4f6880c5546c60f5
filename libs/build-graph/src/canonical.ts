/**
 * The one canonical encoding of plain data: JSON without white space, keys sorted by UTF-16 code unit, undefined members
 * left out, numbers safe integers only. Equal values give equal bytes on every machine; whatever is hashed passes here.
 */
import type { Digest } from './digest.ts'
import { sha256 } from './sha256.ts'

/** @throws TypeError naming the path of a value that has no canonical form. */
export function canonical(value: unknown): string {
  return encode(value, '$')
}

/** SHA-256 of the canonical encoding's UTF-8 bytes. */
export function digestOf(value: unknown): Digest {
  return sha256(new TextEncoder().encode(canonical(value)))
}

function encode(value: unknown, path: string): string {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new TypeError(`${path}: a lone surrogate has no UTF-8 form`)
      return JSON.stringify(value)
    case 'boolean':
      return String(value)
    case 'number':
      if (!Number.isSafeInteger(value)) throw new TypeError(`${path}: ${value} is not a safe integer`)
      return String(value === 0 ? 0 : value)
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) return `[${value.map((item, i) => encode(item, `${path}[${i}]`)).join(',')}]`
      return encodeObject(value as Record<string, unknown>, path)
    default:
      throw new TypeError(`${path}: ${typeof value} has no canonical form`)
  }
}

function encodeObject(value: Record<string, unknown>, path: string): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError(`${path}: only plain objects have a canonical form`)
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${encode(key, path)}:${encode(value[key], `${path}.${key}`)}`)
  return `{${members.join(',')}}`
}
