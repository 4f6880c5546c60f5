/** <mntent.h>: lines of a table of file systems (getmntent(3)). A stream is opened and closed as any other. */
import type { Co } from '@bootgraph/kernel'
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type HeaderTable, leaf, object } from '../../registry/define.ts'
import { getByte, isStream, put } from '../stdio/stream.ts'
import { fclose, fopen } from '../stdio/streams.ts'

/** struct mntent: { fsname, dir, type, opts, freq i32, passno i32 }. */
const ENTRY = 40
const BUFFER = 4096

const unescaped = (text: string): string =>
  text.replace(/\\(0[0-7]{2}|134)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)))
const escaped = (text: string): string => text.replace(/[ \t\n\\]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`)

function* line(c: LibcCall, file: number): Co<string | undefined> {
  let text = ''
  for (;;) {
    const byte = yield* getByte(c, file)
    if (byte < 0) return text === '' ? undefined : text
    if (byte === 10) return text
    text += String.fromCharCode(byte)
  }
}

/** The next entry to the program's struct, its texts to the program's buffer; 0 at the end. */
function* next(c: LibcCall, file: number, out: number, buffer: number, size: number): Co<number> {
  if (!isStream(c, file) || !writable(c, out, ENTRY) || !writable(c, buffer, size)) return 0
  for (let text = yield* line(c, file); text !== undefined; text = yield* line(c, file)) {
    const fields = text.trim().split(/[ \t]+/)
    if (fields[0] === '' || fields[0].startsWith('#')) continue
    let at = buffer
    for (let i = 0; i < 4; i++) {
      const bytes = new TextEncoder().encode(`${unescaped(fields[i] ?? '')}\0`)
      if (at + bytes.length > buffer + size) return 0
      c.memory.u8.set(bytes, at)
      c.memory.setSize(out + 8 * i, at)
      at += bytes.length
    }
    c.memory.setI32(out + 32, Number(fields[4] ?? 0) || 0)
    c.memory.setI32(out + 36, Number(fields[5] ?? 0) || 0)
    return out
  }
  return 0
}

function* append(c: LibcCall, file: number, entry: number): Co<number> {
  if (!isStream(c, file) || !readable(c, entry, ENTRY)) return 1
  const texts = [0, 8, 16, 24].map((offset) => escaped(c.string(c.memory.getSize(entry + offset))))
  const text = `${texts.join(' ')} ${c.memory.getI32(entry + 32)} ${c.memory.getI32(entry + 36)}\n`
  return (yield* put(c, file, new TextEncoder().encode(text))) ? 0 : 1
}

/** Where an option stands in an entry's list of them; 0 if it does not. */
function hasOption(c: LibcCall, entry: number, option: number): number {
  if (!readable(c, entry, ENTRY)) return 0
  const at = c.memory.getSize(entry + 24)
  const [options, wanted] = [c.string(at), c.string(option)]
  let offset = 0
  for (const each of options.split(',')) {
    if (each === wanted || each.startsWith(`${wanted}=`)) return at + offset
    offset += each.length + 1
  }
  return 0
}

export const mntent: HeaderTable = {
  name: 'mntent',
  spec: 'https://man7.org/linux/man-pages/man3/getmntent.3.html',
  rows: [
    object('__libc_mntent', ENTRY + BUFFER, 8),
    blocking('addmntent', 'int(ptr, ptr)', append),
    blocking('endmntent', 'int(ptr)', function* (c, file: number) {
      if (isStream(c, file)) yield* fclose(c, file)
      return 1
    }),
    blocking('getmntent', 'ptr(ptr)', (c, file: number) =>
      next(c, file, c.object('__libc_mntent'), c.object('__libc_mntent') + ENTRY, BUFFER),
    ),
    blocking('getmntent_r', 'ptr(ptr, ptr, ptr, int)', next),
    leaf('hasmntopt', 'ptr(ptr, ptr)', hasOption),
    blocking('setmntent', 'ptr(ptr, ptr)', fopen),
  ],
}
