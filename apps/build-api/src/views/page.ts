/** Pages by cursor: the sort key of the last row, opaque to clients. */
import { ApiError } from '../errors.ts'

export const PAGE = 50

export function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/** The key of the row before the page; `kinds` says what its members must be. @throws ApiError */
export function decodeCursor(
  text: string | undefined,
  kinds: readonly ('string' | 'number' | 'time')[],
): readonly (string | number)[] | undefined {
  if (text === undefined) return undefined
  const value = parsed(text)
  const sound =
    Array.isArray(value) &&
    value.length === kinds.length &&
    value.every((member, i) => {
      if (kinds[i] === 'number') return Number.isSafeInteger(member)
      if (typeof member !== 'string' || member.includes('\0') || !member.isWellFormed()) return false
      return kinds[i] === 'string' || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(member)
    })
  if (!sound || (kinds.includes('time') && Number.isNaN(Date.parse(String(value[kinds.indexOf('time')])))))
    throw new ApiError('bad-request', 'the cursor is none of ours')
  return value as (string | number)[]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** A page of rows fetched with one row more than it holds. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  key: (row: Row) => readonly (string | number)[],
): { items: Item[]; next?: string } {
  const shown = rows.slice(0, limit)
  return { items: shown.map(item), ...(rows.length > limit ? { next: encodeCursor(key(shown.at(-1)!)) } : {}) }
}

/** Members that are null are left out: absent, in the contract's words. */
export function present<T extends object>(
  row: T,
): { [K in keyof T as null extends T[K] ? never : K]: T[K] } & { [K in keyof T as null extends T[K] ? K : never]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined)) as never
}
