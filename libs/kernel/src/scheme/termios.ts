/** Modes of a terminal: numbers and layout of Linux (asm-generic/termbits.h), which a C library's ioctl passes on. */
import type { GuestMemory } from '@bootgraph/cpu'

export const Input = {
  PARMRK: 0o10,
  ISTRIP: 0o40,
  INLCR: 0o100,
  IGNCR: 0o200,
  ICRNL: 0o400,
  IUCLC: 0o1000,
  IXON: 0o2000,
  IXANY: 0o4000,
  IUTF8: 0o40000,
} as const
export const Output = { OPOST: 1, OLCUC: 2, ONLCR: 4, OCRNL: 8, ONOCR: 16, ONLRET: 32, XTABS: 0o14000 } as const
export const Local = {
  ISIG: 1,
  ICANON: 2,
  ECHO: 8,
  ECHOE: 0o20,
  ECHOK: 0o40,
  ECHONL: 0o100,
  NOFLSH: 0o200,
  TOSTOP: 0o400,
  ECHOCTL: 0o1000,
  ECHOPRT: 0o2000,
  ECHOKE: 0o4000,
  IEXTEN: 0o100000,
} as const
/** Where the control characters stand; 0 in its place switches one off. */
export const Control = {
  INTR: 0,
  QUIT: 1,
  ERASE: 2,
  KILL: 3,
  EOF: 4,
  TIME: 5,
  MIN: 6,
  START: 8,
  STOP: 9,
  SUSP: 10,
  EOL: 11,
  REPRINT: 12,
  WERASE: 14,
  LNEXT: 15,
  EOL2: 16,
} as const

export interface Modes {
  iflag: number
  oflag: number
  cflag: number
  lflag: number
  line: number
  readonly control: Uint8Array
}

const CONTROLS = 19
/** struct termios: four words of flags, the line discipline, the control characters. */
export const MODES_SIZE = 36

/** Those of a terminal that was just made (Linux tty_std_termios). */
export const freshModes = (): Modes => ({
  iflag: Input.ICRNL | Input.IXON,
  oflag: Output.OPOST | Output.ONLCR,
  cflag: 0o277,
  lflag: 0o105073,
  line: 0,
  control: Uint8Array.of(3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0),
})

export function putModes(memory: GuestMemory, at: number, { iflag, oflag, cflag, lflag, line, control }: Modes): void {
  for (const [i, word] of [iflag, oflag, cflag, lflag].entries()) memory.setU32(at + 4 * i, word)
  memory.setU8(at + 16, line)
  memory.bytes(at + 17, CONTROLS).set(control)
}

export function modesAt(memory: GuestMemory, at: number): Modes {
  const [iflag, oflag, cflag, lflag] = [0, 4, 8, 12].map((offset) => memory.getU32(at + offset))
  // The highest bit of the input modes is a mark of the C library's.
  return { iflag: iflag & 0x7fff_ffff, oflag, cflag, lflag, line: memory.u8[at + 16], control: memory.bytes(at + 17, CONTROLS).slice() }
}
