/** Internet addresses as text (inet_ntop(3), RFC 5952 for version 6) and as bytes in network order. */

export const formatV4 = (bytes: Uint8Array): string => bytes.subarray(0, 4).join('.')

/** Four decimal numbers without leading zeros, or undefined. */
export function parseV4(text: string): Uint8Array | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return undefined
  return Uint8Array.from(parts, Number)
}

/** One to four numbers with dots between, decimal, octal or hexadecimal, up to white space. */
export function numbers(text: string): number[] | undefined {
  const match = /^((?:0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*)(?:\.(?:0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*)){0,3})(?:\s|$)/.exec(text)
  return match?.[1].split('.').map((part) => (/^0\d/.test(part) ? Number.parseInt(part, 8) : Number(part)))
}

/** An address in numbers, of which the last one fills the bytes that are left (POSIX inet_addr). */
export function parseNumbers(text: string): number | undefined {
  const parts = numbers(text)
  const last = parts?.pop()
  if (parts === undefined || last === undefined) return undefined
  if (parts.some((part) => part > 255) || last >= 256 ** (4 - parts.length)) return undefined
  return parts.reduce((sum, part, i) => sum + part * 256 ** (3 - i), last)
}

/** The longest run of two or more zero groups is written '::', the first of equals; version 4 addresses, mapped or compatible, keep their dots. */
export function formatV6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes[2 * i] * 256 + bytes[2 * i + 1])
  if (groups.slice(0, 5).every((group) => group === 0)) {
    if (groups[5] === 0xffff) return `::ffff:${formatV4(bytes.subarray(12))}`
    if (groups[5] === 0 && groups[6] !== 0) return `::${formatV4(bytes.subarray(12))}`
  }
  let [start, length] = [0, 1]
  for (let i = 0; i < 8; i++) {
    let end = i
    while (end < 8 && groups[end] === 0) end++
    if (end - i > length) [start, length] = [i, end - i]
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`
}

export function parseV6(text: string): Uint8Array | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map(groupsOf)
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined
  const count = head.length + (tail?.length ?? 0)
  if (halves.length === 1 ? count !== 16 : count > 14) return undefined
  const out = new Uint8Array(16)
  out.set(head)
  if (tail !== undefined) out.set(tail, 16 - tail.length)
  return out
}

/** Bytes of groups between colons; the last may be a version 4 address. */
function groupsOf(text: string): number[] | undefined {
  if (text === '') return []
  const out: number[] = []
  const parts = text.split(':')
  for (const [i, part] of parts.entries()) {
    const v4 = i === parts.length - 1 && part.includes('.') ? parseV4(part) : undefined
    if (v4 !== undefined) out.push(...v4)
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) out.push(Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 0xff)
    else return undefined
  }
  return out
}
