/**
 * Where functions begin and end, read from the unwind tables of a mapped image (LSB Core, "Exception Frames"; psABI 4.2.4).
 * `.eh_frame_hdr` gives the place of `.eh_frame` and the number of its records; the records give the ranges.
 */

/** Part of guest memory; `ehFrameHdr` 0 means no unwind table. */
export interface UnwindImage {
  readonly start: number
  readonly end: number
  readonly ehFrameHdr: number
}

/** DW_EH_PE: the low four bits are the format, the next three what the value is relative to, bit 7 an indirection. */
const Pe = { omit: 0xff, pcrel: 0x10, datarel: 0x30 } as const
const SIZES: Readonly<Record<number, number>> = { 0: 8, 2: 2, 3: 4, 4: 8, 10: 2, 11: 4, 12: 8 }

/** Bytes of an encoded value; 0 for an encoding that these tables do not use. */
const sizeOf = (encoding: number): number => (encoding & 0x80 ? 0 : (SIZES[encoding & 15] ?? 0))

function encoded(view: DataView, at: number, encoding: number, data: number): number {
  const format = encoding & 15
  const low = format === 2 ? view.getUint16(at, true) : format === 10 ? view.getInt16(at, true) : view.getUint32(at, true)
  const wide = sizeOf(encoding) === 8 ? low + view.getInt32(at + 4, true) * 0x1_0000_0000 : format === 11 ? low | 0 : low
  return wide + ((encoding & 0x70) === Pe.pcrel ? at : (encoding & 0x70) === Pe.datarel ? data : 0)
}

/** Encoding of the addresses in the records of the CIE at `at`; `Pe.omit` if it cannot be known. */
function addressEncoding(view: DataView, at: number, end: number): number {
  const byte = (): number => (at < end ? view.getUint8(at++) : 0)
  const skipLeb = (): void => {
    while (byte() & 0x80);
  }
  at += 8
  const version = byte()
  let augmentation = ''
  for (let letter = byte(); letter !== 0 && augmentation.length < 8; letter = byte()) augmentation += String.fromCharCode(letter)
  if (augmentation === '') return 0
  if (augmentation[0] !== 'z') return Pe.omit
  skipLeb()
  skipLeb()
  if (version === 1) byte()
  else skipLeb()
  skipLeb()
  for (const letter of augmentation.slice(1)) {
    if (letter === 'R') return byte()
    if (letter === 'P') {
      // The personality is usually given indirectly; only the bytes that it takes matter here.
      const personality = sizeOf(byte() & 0x7f)
      at += personality
    } else if (letter === 'L') byte()
    else if (letter !== 'S' && letter !== 'B') return Pe.omit
  }
  return 0
}

/** The unwind records of one image, as columns; all guest addresses. */
export interface FrameRecords {
  /** Of `.eh_frame`; 0 if there is none. */
  readonly frame: number
  /** First address of each function, and the address behind it. */
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  /** Address of each record. */
  readonly records: readonly number[]
  /** By start. */
  readonly sorted: boolean
}

const NO_RECORDS: FrameRecords = { frame: 0, starts: [], ends: [], records: [], sorted: true }

/** Function ranges as pairs [start, end), guest addresses, sorted by start; as `frameRecords` finds them. */
export function functionRanges(view: DataView, image: UnwindImage): Uint32Array {
  const { starts, ends, sorted } = frameRecords(view, image)
  return pairs(starts, ends, sorted)
}

/** Ranges outside the image are left out; a damaged table gives the records before the damage. */
export function frameRecords(view: DataView, { start, end, ehFrameHdr }: UnwindImage): FrameRecords {
  if (ehFrameHdr < start || ehFrameHdr + 12 > end || view.getUint8(ehFrameHdr) !== 1) return NO_RECORDS
  const frameEncoding = view.getUint8(ehFrameHdr + 1)
  const countEncoding = view.getUint8(ehFrameHdr + 2)
  const countAt = ehFrameHdr + 4 + sizeOf(frameEncoding)
  if (sizeOf(frameEncoding) === 0 || countAt + 8 > end) return NO_RECORDS
  const frame = encoded(view, ehFrameHdr + 4, frameEncoding, ehFrameHdr)
  let at = frame
  // Some linkers close the records with a zero length, some only count them.
  const counted = countEncoding !== Pe.omit && sizeOf(countEncoding) !== 0
  const limit = counted ? encoded(view, countAt, countEncoding, ehFrameHdr) : Number.POSITIVE_INFINITY
  const starts: number[] = []
  const ends: number[] = []
  const records: number[] = []
  const encodings = new Map<number, number>()
  let sorted = true
  let last = 0
  for (let seen = 0; seen < limit && at >= start && at + 8 <= end; ) {
    const length = view.getUint32(at, true)
    const next = at + 4 + length
    if (length < 4 || next > end) break
    const back = view.getUint32(at + 4, true)
    const record = at
    at = next
    if (back === 0) continue
    seen++
    const cie = record + 4 - back
    if (cie < start) continue
    let encoding = encodings.get(cie)
    if (encoding === undefined) encodings.set(cie, (encoding = addressEncoding(view, cie, end)))
    const size = sizeOf(encoding)
    if (size === 0 || record + 8 + size * 2 > next) continue
    const from = encoded(view, record + 8, encoding, ehFrameHdr)
    const to = from + encoded(view, record + 8 + size, encoding & 7, 0)
    if (from < start || to > end || to <= from) continue
    sorted &&= from >= last
    last = from
    starts.push(from)
    ends.push(to)
    records.push(record)
  }
  return { frame, starts, ends, records, sorted }
}

/**
 * The range of the function around an address by the search table of `.eh_frame_hdr`; undefined if there is no such table or function.
 * `settle` is told of bytes before they are looked at.
 */
export function functionAt(
  view: DataView,
  image: UnwindImage,
  address: number,
  settle: Settle = () => {},
): readonly [number, number] | undefined {
  const record = recordAt(view, image, address, settle)
  return record && [record.from, record.to]
}

export type Settle = (address: number, length: number) => void
/** A frame description: what it is about, where it and its common part (CIE) are, and where its instructions or augmentation data begin. */
export interface FrameRecord {
  readonly at: number
  readonly cie: number
  readonly from: number
  readonly to: number
  readonly rest: number
}

/** The record of the function around an address, found as `functionAt` does. */
export function recordAt(
  view: DataView,
  { start, end, ehFrameHdr }: UnwindImage,
  address: number,
  settle: Settle,
): FrameRecord | undefined {
  if (ehFrameHdr < start || ehFrameHdr + 12 > end) return undefined
  settle(ehFrameHdr, Math.min(20, end - ehFrameHdr))
  if (view.getUint8(ehFrameHdr) !== 1) return undefined
  const [frames, counts, entries] = [1, 2, 3].map((at) => view.getUint8(ehFrameHdr + at))
  if (entries !== (Pe.datarel | 11) || sizeOf(frames) === 0 || counts === Pe.omit || sizeOf(counts) === 0) return undefined
  const countAt = ehFrameHdr + 4 + sizeOf(frames)
  const table = countAt + sizeOf(counts)
  const count = encoded(view, countAt, counts, ehFrameHdr)
  if (table + count * 8 > end) return undefined
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    settle(table + middle * 8, 8)
    if (ehFrameHdr + view.getInt32(table + middle * 8, true) <= address) low = middle + 1
    else high = middle
  }
  if (low === 0) return undefined
  settle(table + (low - 1) * 8, 8)
  const at = ehFrameHdr + view.getInt32(table + (low - 1) * 8 + 4, true)
  if (at < start || at + 16 > end) return undefined
  settle(at, Math.min(32, end - at))
  const cie = at + 4 - view.getUint32(at + 4, true)
  if (cie < start || cie > end) return undefined
  settle(cie, Math.min(64, end - cie))
  const encoding = addressEncoding(view, cie, end)
  const size = sizeOf(encoding)
  if (size === 0 || at + 8 + size * 2 > end) return undefined
  const from = encoded(view, at + 8, encoding, ehFrameHdr)
  const to = from + encoded(view, at + 8 + size, encoding & 7, 0)
  if (address < from || address >= to || from < start || to > end) return undefined
  return { at, cie, from, to, rest: at + 8 + size * 2 }
}

function pairs(starts: readonly number[], ends: readonly number[], sorted: boolean): Uint32Array {
  // Addresses have 32 bits, so a key of start and position stays an exact number for two million records.
  const order = sorted ? undefined : Float64Array.from(starts, (from, i) => from * 0x20_0000 + i).sort()
  const out = new Uint32Array(starts.length * 2)
  for (let i = 0; i < starts.length; i++) {
    const from = order ? order[i] % 0x20_0000 : i
    out[i * 2] = starts[from]
    out[i * 2 + 1] = ends[from]
  }
  return out
}
