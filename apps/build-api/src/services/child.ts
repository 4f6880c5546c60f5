/** What the supervisors of child servers share: is it alive, which port is free, wait until it answers, start it again when it dies. */
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whether a process of that id runs; with `name`, only if its command line (where /proc has it) contains the name: ids are reused. */
export function alive(pid: number, name?: string): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  try {
    const state = /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]
    if (state === 'Z') return false
    return name === undefined || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(name)
  } catch {
    return process.platform !== 'linux'
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no free port'))))
    })
  })
}

/**
 * Asks every 20 ms until `ready` says true.
 * @throws Error after `limit` milliseconds, or at once if the child ended or could not be started.
 */
export async function until(what: string, limit: number, ready: () => Promise<boolean>, child?: ChildProcess): Promise<void> {
  let failure: Error | undefined
  child?.on('error', (error) => (failure = error))
  const end = Date.now() + limit
  while (!(await ready())) {
    if (failure) throw new Error(`${what} could not be started: ${failure.message}`, { cause: failure })
    if (child && child.exitCode !== null) throw new Error(`${what} ended at its start with exit ${child.exitCode}`)
    if (Date.now() > end) throw new Error(`${what} did not answer within ${limit / 1000} s`)
    await sleep(20)
  }
}

/** Milliseconds between looks at a server that may have died. */
const WATCH = 250

/** Watches over a server: one that dies is started again, however often that takes. `stop` ends the watch and tells the server's pid. */
export function keepAlive(pid: number, start: () => Promise<number>): { stop(): Promise<number> } {
  let restarting: Promise<void> | undefined
  const watch = setInterval(() => {
    if (restarting !== undefined || alive(pid)) return
    restarting = start()
      .then(
        (again) => void (pid = again),
        // The next look tries again.
        () => {},
      )
      .finally(() => (restarting = undefined))
  }, WATCH).unref()
  return {
    async stop() {
      clearInterval(watch)
      await restarting
      return pid
    },
  }
}
