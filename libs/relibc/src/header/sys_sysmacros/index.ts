/** <sys/sysmacros.h> and <sys/ipc.h>: numbers of devices, and the key that a file stands for (makedev(3), ftok(3)). */
import { path } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { type HeaderTable, leaf } from '../../registry/define.ts'

const AT_FDCWD = -100
const EFAULT = 14

/** Of a device's 64 bits, which are major and minor in turn: 12 and 20 bits as Linux has them, what is more above them. */
const major = (device: bigint): bigint => ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xffff_f000n)
const minor = (device: bigint): bigint => (device & 0xffn) | ((device >> 12n) & 0xffff_ff00n)

function makedev(_: LibcCall, high: number, low: number): bigint {
  const [a, b] = [BigInt(high >>> 0), BigInt(low >>> 0)]
  return ((a & 0xfffn) << 8n) | ((a & 0xffff_f000n) << 32n) | (b & 0xffn) | ((b & 0xffff_ff00n) << 12n)
}

function ftok(c: LibcCall, name: number, project: number): number {
  const text = path(c, name)
  const stat = text === undefined ? -EFAULT : c.kernel.stat(c.cx, AT_FDCWD, text, true)
  if (typeof stat === 'number') return c.fail(-stat)
  return (stat.ino & 0xffff) | ((stat.dev & 0xff) << 16) | ((project & 0xff) << 24)
}

export const sysSysmacros: HeaderTable = {
  name: 'sys/sysmacros, sys/ipc',
  spec: 'https://man7.org/linux/man-pages/man3/makedev.3.html',
  rows: [
    leaf('gnu_dev_major', 'uint(u64)', (_, device: bigint) => major(device)),
    leaf('gnu_dev_minor', 'uint(u64)', (_, device: bigint) => minor(device)),
    leaf('gnu_dev_makedev', 'u64(uint, uint)', makedev),
    leaf('ftok', 'int(ptr, int)', ftok),
  ],
}
