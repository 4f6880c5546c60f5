/** Scopes of IPv6 addresses in text, as `fe80::1%lo` (RFC 4007 section 11): an interface for what is link-local, else a number. */
import { LOOPBACK } from '../net_if/loopback.ts'

const isLinkLocal = ([first, second]: Uint8Array): boolean =>
  (first === 0xfe && (second & 0xc0) === 0x80) || (first === 0xff && (second & 0x0f) === 2)

/** The number of a scope, or undefined. */
export function scopeOf(address: Uint8Array, text: string): number | undefined {
  if (isLinkLocal(address) && text === LOOPBACK.name) return LOOPBACK.index
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
  return number <= 0xffff_ffff ? number : undefined
}

/** What stands behind an address for its scope. */
export function scopeText(address: Uint8Array, scope: number): string {
  if (scope === 0) return ''
  return `%${isLinkLocal(address) && scope === LOOPBACK.index ? LOOPBACK.name : scope}`
}
