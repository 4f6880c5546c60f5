/** The layout of FILE objects. */

/**
 * Offsets in bytes. The first 56 are those of glibc's FILE, which inlined getc_unlocked, putc_unlocked and feof_unlocked read: the two
 * flag bits are where those expect them, and the pointers stay zero, so that every character comes through __uflow and __overflow.
 * Read bytes lie at [readAt, readEnd) of the buffer; bytes to write at [0, pending). Never both.
 */
export const File = {
  flags: 0,
  magic: 56,
  fd: 60,
  ungotten: 64,
  /** Which device of device.ts is behind it. */
  device: 68,
  buffer: 72,
  bufferSize: 80,
  readAt: 88,
  readEnd: 96,
  pending: 104,
  next: 112,
  /** Length of the mapping that holds this object, 0 for the three standard ones. */
  mapping: 120,
  /** Pushed back bytes, last in first out; then the one-byte buffer of an unbuffered reader. */
  pushed: 128,
  /** The child behind popen, or 0. */
  pid: 140,
  /** mbstate_t of wide input (wchar/convert.ts). */
  conversion: 144,
  /** Orientation of fwide: 0 none, 1 wide, -1 bytes. */
  orientation: 152,
  /** Five words of the device. */
  words: 160,
  size: 256,
} as const
export const PUSHED_MAX = 8

/** `end` and `error` are glibc's _IO_EOF_SEEN and _IO_ERR_SEEN. */
export const Flag = { read: 1, write: 2, end: 0x10, error: 0x20, line: 0x100, unbuffered: 0x200, append: 0x400 } as const
