/** <sys/inotify.h>: what happens to files and folders (inotify(7)). */
import { answer, EFAULT, path } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { type HeaderTable, leaf } from '../../registry/define.ts'

const EINVAL = 22
const KERNEL = { cloexec: 0x100_0000, nonblock: 0x4_0000 } as const

function init(c: LibcCall, flags: number): number {
  const { cloexec, nonblock } = c.abi.O
  if (flags & ~(cloexec | nonblock)) return c.fail(EINVAL)
  return answer(c, c.kernel.inotify(c.cx, (flags & cloexec ? KERNEL.cloexec : 0) | (flags & nonblock ? KERNEL.nonblock : 0)))
}

export const sysInotify: HeaderTable = {
  name: 'sys/inotify',
  spec: 'https://man7.org/linux/man-pages/man7/inotify.7.html',
  rows: [
    leaf('inotify_init', 'int()', (c) => init(c, 0)),
    leaf('inotify_init1', 'int(int)', init),
    leaf('inotify_add_watch', 'int(int, ptr, uint)', (c, fd: number, name: number, mask: number) => {
      const text = path(c, name)
      return text === undefined ? c.fail(EFAULT) : answer(c, c.kernel.inotifyWatch(c.cx, fd, text, mask))
    }),
    leaf('inotify_rm_watch', 'int(int, int)', (c, fd: number, wd: number) => answer(c, c.kernel.inotifyUnwatch(c.cx, fd, wd))),
  ],
}
