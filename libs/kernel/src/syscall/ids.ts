import { E } from '../abi/error.ts'
import type { KernelCalls } from '../calls.ts'
import type { ProcessState } from '../context/process.ts'
import { process } from './fs.ts'

type Calls = Pick<KernelCalls, 'ids' | 'setIds'>

const NAMES = { user: ['uid', 'euid', 'suid'], group: ['gid', 'egid', 'sgid'] } as const

const users = ({ ids }: ProcessState): number[] => NAMES.user.map((name) => ids[name])

/** Capabilities follow user 0, as capabilities(7) has it: effective ones with the effective id, all of them with the last id that is 0. */
function follow(own: ProcessState, before: readonly number[]): void {
  const { permitted, inheritable } = own.capabilities
  const now = users(own)
  if (before.includes(0) && !now.includes(0)) own.capabilities = { effective: 0n, permitted: 0n, inheritable }
  else if (before[1] === 0 && now[1] !== 0) own.capabilities = { effective: 0n, permitted, inheritable }
  else if (before[1] !== 0 && now[1] === 0) own.capabilities = { effective: permitted, permitted, inheritable }
}

/** Who a process is, and whom it may become. Files are open to all the same. */
export const idCalls = (): Calls => ({
  ids: (cx) => process(cx).ids,
  setIds(cx, kind, wanted) {
    const own = process(cx)
    const { ids } = own
    const has = NAMES[kind].map((name) => ids[name])
    if (ids.euid !== 0 && wanted.some((id) => id !== undefined && !has.includes(id))) return -E.PERM
    const before = users(own)
    for (const [i, name] of NAMES[kind].entries()) ids[name] = wanted[i] ?? has[i]
    follow(own, before)
    return 0
  },
})
