/** Which locale is in force: C or C.UTF-8, by category for the process and as a whole for a thread that chose one. */
import { Thread } from '../../platform/thread-block.ts'
import { readable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { TextState, textState } from '../stdio/stream.ts'

/** Kinds by number: what a category's byte, and a locale object's word, hold. */
export const KINDS = ['C', 'C.UTF-8', 'C.utf8'] as const
/** In the order of their numbers; 6 stands for all. */
export const CATEGORIES = [
  'LC_CTYPE',
  'LC_NUMERIC',
  'LC_TIME',
  'LC_COLLATE',
  'LC_MONETARY',
  'LC_MESSAGES',
  'LC_ALL',
  'LC_PAPER',
  'LC_NAME',
  'LC_ADDRESS',
  'LC_TELEPHONE',
  'LC_MEASUREMENT',
  'LC_IDENTIFICATION',
] as const
export const LC_ALL = 6
/** Offset of the kind in a locale object; before it lies what inlined <ctype.h> reads. */
export const KIND = 248

/** The kind that a name means; undefined if there is no such locale. */
export function kindOf(name: string): number | undefined {
  const kind = name === 'POSIX' ? 0 : (KINDS as readonly string[]).indexOf(name)
  return kind < 0 ? undefined : kind
}

/** Address of the byte of a category of the process. */
export const categoryAt = (c: LibcCall, category: number): number => textState(c) + TextState.categories + category

/** True if text is UTF-8 in a locale, an object's address; otherwise in that of the calling thread. */
export function isUtf8(c: LibcCall, locale?: number): boolean {
  const own = locale !== undefined && readable(c, locale + KIND, 4) ? locale : c.memory.getSize(c.cx.threadPointer + Thread.locale)
  return own === 0 ? c.memory.getU8(categoryAt(c, 0)) !== 0 : c.memory.getU32(own + KIND) !== 0
}
