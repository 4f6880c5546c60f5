/** login_tty(3): a terminal becomes that of a session of its own, and its standard streams. */
import type { Co } from '@bootgraph/kernel'
import { platformOf } from '../../platform/platform.ts'
import { Area } from '../../platform/thread-block.ts'
import type { LibcCall } from '../../registry/call.ts'

const TIOCSCTTY = 0x540e

/** 0 or -errno. */
export function* loginTty(c: LibcCall, fd: number): Co<number> {
  const { cx, kernel } = c
  kernel.setsid(cx)
  const taken = yield* kernel.ioctl(cx, fd, TIOCSCTTY, 0)
  if (taken < 0) return taken
  for (const standard of [0, 1, 2]) kernel.dup2(cx, fd, standard)
  if (fd > 2) yield* kernel.close(cx, fd)
  return 0
}

/** What the child of forkpty(3) does with the pair that its parent left for it. */
export function* enterTerminal(c: LibcCall): Co<void> {
  const { area } = platformOf(c)
  const { cx, kernel, memory } = c
  const [master, terminal] = [memory.getU32(area + Area.forkpty) - 1, memory.getU32(area + Area.forkpty + 4)]
  if (master < 0) return
  memory.setU32(area + Area.forkpty, 0)
  yield* kernel.close(cx, master)
  if ((yield* loginTty(c, terminal)) < 0) yield* kernel.exit(cx, 1)
}
