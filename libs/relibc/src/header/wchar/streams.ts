/** Wide characters in and out of streams, and the wide printf family: https://pubs.opengroup.org/onlinepubs/9699919799/functions/fgetwc.html. */
import type { Co } from '@bootgraph/kernel'
import { EFAULT, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, leaf, type SymbolRow } from '../../registry/define.ts'
import { VaList } from '../../registry/va-list.ts'
import { ByteText } from '../stdio/byte-text.ts'
import { formatText } from '../stdio/format.ts'
import { scan } from '../stdio/scan.ts'
import { BytesInput, StreamInput } from '../stdio/scan-input.ts'
import { deviceOf, File, Flag, getByte, isStream, oriented, put, setFlags, standard } from '../stdio/stream.ts'
import { ungetc } from '../stdio/streams.ts'
import { decodeIn, decodeLong, encodeIn, encodeLong, LONGEST } from './charset.ts'
import { wideAt, wideLength } from './strings.ts'

const EBADF = 9
const EILSEQ = 84
const EOVERFLOW = 75
const WEOF = 0xffff_ffff
const NEWLINE = 10

/** One character, or WEOF; bytes that are none set the error flag. */
function* getCharacter(c: LibcCall, file: number): Co<number> {
  if (!isStream(c, file)) {
    c.fail(EBADF)
    return WEOF
  }
  if (!oriented(c, file, 1)) return WEOF
  const bytes: number[] = []
  for (;;) {
    const byte = yield* getByte(c, file)
    if (byte < 0) {
      if (bytes.length > 0) c.fail(EILSEQ)
      return WEOF
    }
    bytes.push(byte)
    const found = decodeIn(c, Uint8Array.from(bytes))
    if (typeof found !== 'number') return found.code
    if (found === -1) {
      c.fail(EILSEQ)
      setFlags(c, file, Flag.error)
      return WEOF
    }
  }
}

const wide = (code: number): Uint8Array => new Uint8Array(Uint32Array.of(code).buffer)

/** `mixes`: to a stream of bytes, too, as glibc's putwc does and std::wcout beside std::cout needs. */
function* putCharacter(c: LibcCall, code: number, file: number, mixes = false): Co<number> {
  if (!isStream(c, file)) {
    c.fail(EBADF)
    return WEOF
  }
  if (!oriented(c, file, 1) && !mixes) return WEOF
  const bytes = deviceOf(c, file).unit === 4 ? wide(code) : encodeIn(c, code)
  if (bytes === undefined) {
    c.fail(EILSEQ)
    setFlags(c, file, Flag.error)
    return WEOF
  }
  return (yield* put(c, file, bytes)) ? code : WEOF
}

function* putText(c: LibcCall, text: number, file: number): Co<number> {
  const length = wideLength(c, text)
  if (length < 0) return c.fail(EFAULT)
  for (let i = 0; i < length; i++) if ((yield* putCharacter(c, wideAt(c, text + i * 4), file)) === WEOF) return -1
  return 1
}

function* getLine(c: LibcCall, into: number, size: number, file: number): Co<number> {
  if (size <= 0 || !writable(c, into, size * 4)) return c.fail(EFAULT) + 1
  let count = 0
  while (count < size - 1) {
    const code = yield* getCharacter(c, file)
    if (code === WEOF) break
    c.memory.setU32(into + 4 * count++, code)
    if (code === NEWLINE) break
  }
  if (count === 0) return 0
  c.memory.setU32(into + 4 * count, 0)
  return into
}

/** The bytes go back last first; WEOF where there is no room. */
function unget(c: LibcCall, code: number, file: number): number {
  const bytes = code === WEOF ? undefined : encodeIn(c, code)
  // It never refuses.
  if (isStream(c, file)) oriented(c, file, 1)
  if (bytes === undefined) return WEOF
  for (const byte of [...bytes].reverse()) if (ungetc(c, byte, file) < 0) return WEOF
  return code
}

/** The orientation of a stream is fixed by the first that asks for one. */
function fwide(c: LibcCall, file: number, mode: number): number {
  if (!isStream(c, file)) return c.fail(EBADF) + 1
  if (mode !== 0) oriented(c, file, mode > 0 ? 1 : -1)
  return c.memory.getI32(file + File.orientation)
}

/**
 * A wide format, or the input of a scan, as UTF-8 for the formatter of bytes: its %s and %c take bytes, its %ls and %lc wide characters,
 * as wide formats do. Widths and precisions count characters only while the text is ASCII.
 */
function narrow(c: LibcCall, format: number): Uint8Array | undefined {
  const length = wideLength(c, format)
  if (length < 0) return undefined
  const out = new ByteText()
  for (let i = 0; i < length; i++) {
    const bytes = encodeLong(wideAt(c, format + i * 4))
    if (bytes === undefined) return undefined
    out.add(bytes)
  }
  return out.bytes()
}

/** The characters of a wide printf, or undefined with errno set. */
function formatted(c: LibcCall, format: number, list: VaList | undefined): number[] | undefined {
  const pattern = narrow(c, format)
  if (pattern === undefined || list === undefined) {
    c.fail(EFAULT)
    return undefined
  }
  const made = formatText(c, pattern, list)
  if (typeof made === 'number') {
    c.fail(-made)
    return undefined
  }
  const codes: number[] = []
  for (let at = 0; at < made.length; ) {
    const found = decodeLong(made.subarray(at, at + LONGEST))
    if (typeof found === 'number') {
      c.fail(EILSEQ)
      return undefined
    }
    codes.push(found.code)
    at += found.length
  }
  return codes
}

function* print(c: LibcCall, file: number, format: number, list: VaList | undefined): Co<number> {
  if (!isStream(c, file)) return c.fail(EBADF)
  const codes = oriented(c, file, 1) ? formatted(c, format, list) : undefined
  if (codes === undefined) return -1
  for (const code of codes) if ((yield* putCharacter(c, code, file)) === WEOF) return -1
  return codes.length
}

/** swprintf: unlike snprintf it fails where the room is too small. */
function toMemory(c: LibcCall, into: number, size: number, format: number, list: VaList | undefined): number {
  const codes = formatted(c, format, list)
  if (codes === undefined) return -1
  if (size === 0) return c.fail(EOVERFLOW)
  if (!writable(c, into, size * 4)) return c.fail(EFAULT)
  const kept = codes.slice(0, size - 1)
  kept.forEach((code, i) => {
    c.memory.setU32(into + i * 4, code)
  })
  c.memory.setU32(into + kept.length * 4, 0)
  return codes.length < size ? codes.length : c.fail(EOVERFLOW)
}

/** swscanf. */
function* scanText(c: LibcCall, text: number, format: number, list: VaList | undefined): Co<number> {
  const [input, pattern] = [narrow(c, text), narrow(c, format)]
  if (input === undefined || pattern === undefined || list === undefined) return c.fail(EFAULT)
  return yield* scan(c, new BytesInput(input), pattern, list)
}

function* scanStream(c: LibcCall, file: number, format: number, list: VaList): Co<number> {
  const pattern = narrow(c, format)
  if (!isStream(c, file)) return c.fail(EBADF)
  if (!oriented(c, file, 1)) return -1
  if (pattern === undefined) return c.fail(EFAULT)
  const input = new StreamInput(c, file)
  const filled = yield* scan(c, input, pattern, list)
  input.finish()
  return filled
}

const pointed = (c: LibcCall, list: number): VaList | undefined => VaList.ofPointer(c, list)
const ASCII_WIDTHS = 'widths and precisions of %s count bytes'

export const wideStreamRows: readonly SymbolRow[] = [
  blocking('fgetwc', 'uint(ptr)', getCharacter),
  ...['getwc', 'fgetwc_unlocked', 'getwc_unlocked'].map((name) => alias(name, 'fgetwc')),
  blocking('getwchar', 'uint()', (c) => getCharacter(c, standard(c, 'stdin'))),
  alias('getwchar_unlocked', 'getwchar'),
  blocking('fputwc', 'uint(uint, ptr)', (c, code: number, file: number) => putCharacter(c, code, file)),
  alias('fputwc_unlocked', 'fputwc'),
  blocking('putwc', 'uint(uint, ptr)', (c, code: number, file: number) => putCharacter(c, code, file, true)),
  alias('putwc_unlocked', 'putwc'),
  blocking('putwchar', 'uint(uint)', (c, code: number) => putCharacter(c, code, standard(c, 'stdout'), true)),
  alias('putwchar_unlocked', 'putwchar'),
  blocking('fgetws', 'ptr(ptr, int, ptr)', getLine),
  alias('fgetws_unlocked', 'fgetws'),
  blocking('fputws', 'int(ptr, ptr)', putText),
  alias('fputws_unlocked', 'fputws'),
  leaf('ungetwc', 'uint(uint, ptr)', unget),
  leaf('fwide', 'int(ptr, int)', fwide),
  blocking('wprintf', 'int(ptr, ...)', (c, f: number, list: VaList) => print(c, standard(c, 'stdout'), f, list), 'partial', ASCII_WIDTHS),
  blocking('fwprintf', 'int(ptr, ptr, ...)', print, 'partial', ASCII_WIDTHS),
  blocking(
    'vwprintf',
    'int(ptr, va_list)',
    (c, f: number, list: number) => print(c, standard(c, 'stdout'), f, pointed(c, list)),
    'partial',
    ASCII_WIDTHS,
  ),
  blocking(
    'vfwprintf',
    'int(ptr, ptr, va_list)',
    (c, file: number, f: number, list: number) => print(c, file, f, pointed(c, list)),
    'partial',
    ASCII_WIDTHS,
  ),
  leaf('swprintf', 'int(ptr, size, ptr, ...)', toMemory, 'partial', ASCII_WIDTHS),
  leaf(
    'vswprintf',
    'int(ptr, size, ptr, va_list)',
    (c, into: number, size: number, f: number, list: number) => toMemory(c, into, size, f, pointed(c, list)),
    'partial',
    ASCII_WIDTHS,
  ),
  blocking('wscanf', 'int(ptr, ...)', (c, f: number, list: VaList) => scanStream(c, standard(c, 'stdin'), f, list)),
  blocking('fwscanf', 'int(ptr, ptr, ...)', scanStream),
  blocking('swscanf', 'int(ptr, ptr, ...)', scanText, 'partial', ASCII_WIDTHS),
  blocking(
    'vswscanf',
    'int(ptr, ptr, va_list)',
    (c, text: number, f: number, list: number) => scanText(c, text, f, pointed(c, list)),
    'partial',
    ASCII_WIDTHS,
  ),
  ...['wscanf', 'fwscanf', 'swscanf', 'vswscanf'].map((name) => alias(`__isoc99_${name}`, name)),
]
