import { E } from '../abi/error.ts'
import { O } from '../abi/flag.ts'
import type { Capabilities, KernelCalls } from '../calls.ts'
import type { Context } from '../context/context.ts'
import type { Kernel } from '../kernel.ts'
import { ProcessHandle } from '../scheme/pidfd.ts'
import { descriptor, install, process } from './fs.ts'

type Calls = Pick<KernelCalls, 'pidfd' | 'pidfdProcess' | 'pidfdGet' | 'capabilities' | 'setCapabilities'>

const within = (part: bigint, whole: bigint): boolean => (part & ~whole) === 0n

/** Processes by descriptors (pidfd_open(2)), and what they may do (capabilities(7)). */
export function pidfdCalls(kernel: Kernel): Calls {
  const handle = (cx: Context, fd: number): ProcessHandle | undefined => {
    const found = descriptor(cx, fd)?.handle
    return found instanceof ProcessHandle ? found : undefined
  }
  return {
    pidfd(cx, pid, flags) {
      if (pid <= 0) return -E.INVAL
      const of = kernel.table.processes.get(pid)
      if (of === undefined) return kernel.table.context(pid) ? -E.INVAL : -E.SRCH
      return install(kernel, process(cx), new ProcessHandle(of), O.RDWR | O.CLOEXEC | (flags & O.NONBLOCK))
    },
    pidfdProcess: (cx, fd) => handle(cx, fd)?.of.pid ?? -E.BADF,
    pidfdGet(cx, fd, target) {
      const of = handle(cx, fd)?.of
      const description = of?.files.get(target)
      if (of === undefined || (description === undefined && of.status === undefined)) return -E.BADF
      return description ? process(cx).files.add(description, true) : -E.SRCH
    },
    capabilities(cx, pid) {
      const of = pid === 0 ? process(cx) : kernel.table.processes.get(pid)
      return of?.capabilities ?? -E.SRCH
    },
    setCapabilities(cx, wanted: Capabilities) {
      const own = process(cx)
      const { permitted, inheritable } = own.capabilities
      const fits = within(wanted.permitted, permitted) && within(wanted.effective, wanted.permitted)
      if (!fits || !within(wanted.inheritable, inheritable | permitted)) return -E.PERM
      own.capabilities = wanted
      return 0
    },
  }
}
