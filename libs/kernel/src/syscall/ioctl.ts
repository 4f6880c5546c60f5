import { Perm } from '@bootgraph/cpu'
import { E } from '../abi/error.ts'
import { O } from '../abi/flag.ts'
import type { Context } from '../context/context.ts'
import type { Co } from '../context/coroutine.ts'
import type { Kernel } from '../kernel.ts'
import { StdioHandle } from '../scheme/device.ts'
import { MasterHandle, TerminalHandle } from '../scheme/pty.ts'
import { descriptor, process } from './fs.ts'
import { terminalControl } from './terminal.ts'

/** Requests that every descriptor knows (Linux asm-generic/ioctls.h); the argument of the last two is a pointer to int. */
const Request = { FIONCLEX: 0x5450, FIOCLEX: 0x5451, FIONBIO: 0x5421, FIONREAD: 0x541b } as const

/** ioctl(2). -ENOTTY for what the descriptor's scheme does not know. */
export function* ioctl(kernel: Kernel, cx: Context, fd: number, request: number, argument: number): Co<number> {
  const description = descriptor(cx, fd)
  if (description === undefined) return -E.BADF
  const { handle } = description
  const { memory } = cx.process.cpu
  switch (request) {
    case Request.FIOCLEX:
    case Request.FIONCLEX:
      process(cx).files.setCloexec(fd, request === Request.FIOCLEX)
      return 0
    case Request.FIONBIO:
      if (!memory.accessible(argument, 4, Perm.read)) return -E.FAULT
      description.flags = memory.getI32(argument) === 0 ? description.flags & ~O.NONBLOCK : description.flags | O.NONBLOCK
      return 0
    case Request.FIONREAD: {
      const count = handle.available(description.offset)
      if (count < 0) return count
      if (!memory.accessible(argument, 4, Perm.write)) return -E.FAULT
      memory.setI32(argument, count)
      return 0
    }
  }
  if (handle instanceof MasterHandle || handle instanceof TerminalHandle)
    return yield* terminalControl(kernel, cx, handle, request, argument)
  if (handle instanceof StdioHandle && handle.port.kind === 'terminal') {
    kernel.gap(cx.process, 'behaviour unsupported', `ioctl 0x${request.toString(16)}`, 'on a terminal; answered with ENOTTY')
  }
  return -E.NOTTY
}
