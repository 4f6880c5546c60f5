/** capget(2) and capset(2), which glibc exports without a header: what a process may do. They are kept, and nothing depends on them. */
import { answer, EFAULT, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { type HeaderTable, leaf } from '../../registry/define.ts'

const EPERM = 1
const EINVAL = 22
/** Versions of the interface, by the words of 32 capabilities that they have. */
const WORDS = new Map([
  [0x1998_0330, 1],
  [0x2007_1026, 2],
  [0x2008_0522, 2],
])
const NEWEST = 0x2008_0522
/** A word of each set: { effective, permitted, inheritable }. */
const WORD = 12
const SETS = ['effective', 'permitted', 'inheritable'] as const

/** The words of a header { version u32, pid i32 }; an unknown version is answered with the newest. An errno, or none with 0 words. */
function words(c: LibcCall, header: number): { readonly failed: number; readonly count: number } {
  if (!writable(c, header, 8)) return { failed: EFAULT, count: 0 }
  const count = WORDS.get(c.memory.getU32(header))
  if (count !== undefined) return { failed: 0, count }
  c.memory.setU32(header, NEWEST)
  return { failed: EINVAL, count: 0 }
}

export function capget(c: LibcCall, header: number, data: number): number {
  const { failed, count } = words(c, header)
  if (data === 0 && failed === EINVAL) return 0
  if (failed !== 0 || data === 0) return failed === 0 ? 0 : c.fail(failed)
  const pid = c.memory.getI32(header + 4)
  const found = pid < 0 ? -EINVAL : c.kernel.capabilities(c.cx, pid)
  if (typeof found === 'number') return c.fail(-found)
  if (!writable(c, data, count * WORD)) return c.fail(EFAULT)
  for (let i = 0; i < count; i++)
    for (const [j, set] of SETS.entries())
      c.memory.setU32(data + i * WORD + 4 * j, Number(BigInt.asUintN(32, found[set] >> BigInt(32 * i))))
  return 0
}

export function capset(c: LibcCall, header: number, data: number): number {
  const { failed, count } = words(c, header)
  if (failed !== 0) return c.fail(failed)
  const pid = c.memory.getI32(header + 4)
  if (pid !== 0 && pid !== c.kernel.getpid(c.cx)) return c.fail(EPERM)
  if (!readable(c, data, count * WORD)) return c.fail(EFAULT)
  const [effective, permitted, inheritable] = SETS.map((_, j) => {
    let set = 0n
    for (let i = 0; i < count; i++) set |= BigInt(c.memory.getU32(data + i * WORD + 4 * j)) << BigInt(32 * i)
    return set
  })
  return answer(c, c.kernel.setCapabilities(c.cx, { effective, permitted, inheritable }))
}

export const sysCapability: HeaderTable = {
  name: 'sys/capability',
  spec: 'https://man7.org/linux/man-pages/man2/capget.2.html',
  rows: [leaf('capget', 'int(ptr, ptr)', capget), leaf('capset', 'int(ptr, ptr)', capset)],
}
