/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/termios.h.html: asked of the descriptor's scheme, ENOTTY where that is no terminal. */
import type { Co } from '@bootgraph/kernel'
import { answer, EFAULT, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type HeaderTable, leaf } from '../../registry/define.ts'
import { segfault } from '../fault.ts'

const EINVAL = 22
/** struct termios of glibc, and requests of ioctl(2). */
const Termios = { iflag: 0, cflag: 8, controls: 17, ispeed: 52, ospeed: 56, size: 60 } as const
const TCGETS = 0x5401
const TCSETS = 0x5402
const TCFLSH = 0x540b
const TCSBRK = 0x5409
const TCXONC = 0x540a
const TCSBRKP = 0x5425
/** What cfmakeraw clears and sets: input, output, control and local modes (termios(3)). */
const RAW = [
  [0, 0o2753, 0],
  [4, 1, 0],
  [8, 0o460, 0o60],
  [12, 0o100113, 0],
] as const
const CONTROLS = 32
const KERNEL_CONTROLS = 19
const VTIME = 5
const VMIN = 6
const CBAUD = 0o10017
const B57600 = 0o10001
/** Linux's own flag for "input speed 0: as the output". */
const IBAUD0 = 0x8000_0000

function* request(c: LibcCall, fd: number, number: number, argument: number, size: number): Co<number> {
  if (size > 0 && !writable(c, argument, size)) return c.fail(EFAULT)
  return answer(c, yield* c.kernel.ioctl(c.cx, fd, number, argument))
}

const known = (speed: number): boolean => speed <= 0o17 || (speed >= B57600 && speed <= CBAUD)

function setOutput(c: LibcCall, at: number, speed: number): number {
  if (!writable(c, at, Termios.size)) return c.fail(EFAULT)
  if (!known(speed)) return c.fail(EINVAL)
  c.memory.setU32(at + Termios.cflag, ((c.memory.getU32(at + Termios.cflag) & ~CBAUD) | speed) >>> 0)
  c.memory.setU32(at + Termios.ospeed, speed)
  return 0
}

function setInput(c: LibcCall, at: number, speed: number): number {
  if (!writable(c, at, Termios.size)) return c.fail(EFAULT)
  if (!known(speed)) return c.fail(EINVAL)
  const iflag = c.memory.getU32(at + Termios.iflag)
  c.memory.setU32(at + Termios.ispeed, speed)
  c.memory.setU32(at + Termios.iflag, (speed === 0 ? iflag | IBAUD0 : iflag & ~IBAUD0) >>> 0)
  if (speed !== 0) c.memory.setU32(at + Termios.cflag, ((c.memory.getU32(at + Termios.cflag) & ~CBAUD) | speed) >>> 0)
  return 0
}

function speed(c: LibcCall, at: number, input: boolean): number {
  if (!readable(c, at, Termios.size)) return 0
  return input && c.memory.getU32(at + Termios.iflag) & IBAUD0 ? 0 : c.memory.getU32(at + Termios.cflag) & CBAUD
}

/** The kernel's structure ends with 19 control characters; the speeds are in its control modes. */
function* attributes(c: LibcCall, fd: number, at: number): Co<number> {
  const got = yield* request(c, fd, TCGETS, at, Termios.size)
  if (got < 0) return got
  c.memory.bytes(at + Termios.controls + KERNEL_CONTROLS, CONTROLS - KERNEL_CONTROLS).fill(0)
  const speed = c.memory.getU32(at + Termios.cflag) & CBAUD
  c.memory.setU32(at + Termios.ispeed, speed)
  c.memory.setU32(at + Termios.ospeed, speed)
  return 0
}

const LINUX = "modes have Linux's numbers, also for a program of Redox"

export const termios: HeaderTable = {
  name: 'termios',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/termios.h.html',
  rows: [
    leaf('cfmakeraw', 'void(ptr)', (c, at: number) => {
      if (!writable(c, at, Termios.size)) return segfault(c)
      const { memory } = c
      for (const [offset, clear, set] of RAW) memory.setU32(at + offset, ((memory.getU32(at + offset) & ~clear) | set) >>> 0)
      memory.setU8(at + Termios.controls + VTIME, 0)
      memory.setU8(at + Termios.controls + VMIN, 1)
    }),
    leaf('cfgetispeed', 'uint(ptr)', (c, at: number) => speed(c, at, true)),
    leaf('cfgetospeed', 'uint(ptr)', (c, at: number) => speed(c, at, false)),
    leaf('cfsetispeed', 'int(ptr, uint)', setInput),
    leaf('cfsetospeed', 'int(ptr, uint)', setOutput),
    leaf('cfsetspeed', 'int(ptr, uint)', (c, at: number, wanted: number) => {
      const done = setInput(c, at, wanted)
      return done < 0 ? done : setOutput(c, at, wanted)
    }),
    blocking('tcdrain', 'int(int)', (c, fd: number) => request(c, fd, TCSBRK, 1, 0)),
    blocking('tcflow', 'int(int, int)', (c, fd: number, action: number) => request(c, fd, TCXONC, action, 0)),
    blocking('tcsendbreak', 'int(int, int)', (c, fd: number, duration: number) =>
      request(c, fd, duration <= 0 ? TCSBRK : TCSBRKP, duration <= 0 ? 0 : Math.ceil(duration / 100), 0),
    ),
    blocking('tcflush', 'int(int, int)', (c, fd: number, queue: number) => request(c, fd, TCFLSH, queue, 0)),
    blocking('tcgetattr', 'int(int, ptr)', attributes, 'partial', LINUX),
    blocking(
      'tcsetattr',
      'int(int, int, ptr)',
      function* (c, fd: number, when: number, at: number) {
        return when < 0 || when > 2 ? c.fail(EINVAL) : yield* request(c, fd, TCSETS + when, at, Termios.size)
      },
      'partial',
      LINUX,
    ),
  ],
}
