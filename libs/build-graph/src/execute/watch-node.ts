/** What the parent of a node does if the node does not keep to its limits by itself: it ends the node's process from outside. */
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { NodeRequest } from '../node-contract.ts'

/** How far a node's process may go beyond what its request allows before its parent ends it. */
export interface Allowance {
  /** Milliseconds beyond the time limit. */
  readonly time: number
  /** Resident bytes beyond the guest's memory: the engine's code and translations, the heap of the machine, what waits to be collected. */
  readonly memory: number
}

export const ALLOWANCE: Allowance = { time: 5_000, memory: 4 * 2 ** 30 }

/** Milliseconds between two looks at the resident size. */
const INTERVAL = 250

export interface NodeWatch {
  /** Why the process was ended by this watch, if it was; the message is one line for people. */
  readonly ended: { readonly reason: 'timeout' | 'memory'; readonly message: string } | undefined
  /** The process is gone. */
  stop(): void
}

/** Resident bytes of a process, as Linux tells them (proc(5), status); undefined where nothing does, or the process is gone. */
function residentSize(pid: number): number | undefined {
  try {
    const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return resident ? Number(resident[1]) * 1024 : undefined
  } catch {
    return undefined
  }
}

/** Watches the time and, on Linux, the resident size of a node's process. */
export function watchNode(child: ChildProcess, { timeout, memory }: NodeRequest, allowance = ALLOWANCE): NodeWatch {
  let ended: NodeWatch['ended']
  const end = (reason: 'timeout' | 'memory', message: string) => {
    ended ??= { reason, message: `the node did not ${message} and was ended` }
    child.kill('SIGKILL')
  }
  const ceiling = memory + allowance.memory
  const clock =
    timeout > 0 ? setTimeout(() => end('timeout', `stop at its limit of ${timeout} s`), timeout * 1000 + allowance.time) : undefined
  const looks = setInterval(() => {
    if (child.pid !== undefined && (residentSize(child.pid) ?? 0) > ceiling)
      end(
        'memory',
        `keep below ${Math.round(ceiling / 2 ** 20)} MiB, its guest's ${Math.round(memory / 2 ** 20)} and what the engine may have,`,
      )
  }, INTERVAL)
  return {
    get ended() {
      return ended
    },
    stop() {
      clearTimeout(clock)
      clearInterval(looks)
    },
  }
}
