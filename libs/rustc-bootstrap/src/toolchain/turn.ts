/** Processes of this host by turns: util-linux's flock holds the lock for as long as its pipe to us is open, however we end. */
import { spawn } from 'node:child_process'

/** Milliseconds after which somebody else is known to have it. */
const SOON = 300

/**
 * Waits until no other process has the lock of `file`, whose folder is there; `waits` hears of one that has. Gives what lets go of it.
 * A host without flock knows no turns.
 */
export function turn(file: string, waits: () => void): Promise<() => void> {
  const holder = spawn('flock', [file, 'sh', '-c', 'echo; exec cat'], { stdio: ['pipe', 'pipe', 'ignore'] })
  const patience = setTimeout(waits, SOON)
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(patience)
      resolve(() => holder.stdin.end())
    }
    holder.once('error', go)
    holder.once('close', go)
    holder.stdout.once('data', go)
    holder.stdin.on('error', () => {})
  })
}
