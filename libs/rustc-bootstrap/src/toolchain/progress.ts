/** Progress for people, on stderr: a bar on a terminal, else one plain line per phase. */
import { SingleBar } from 'cli-progress'

export interface Progress {
  /** A phase begins; `total` in bytes. */
  begin(phase: string, total: number): void
  /** So much of the phase is done now, bytes. */
  at(done: number): void
  end(): void
}

export const silent: Progress = { begin() {}, at() {}, end() {} }

const MB = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`

export function progressOn(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY)
    return { begin: (phase, total) => void stream.write(`${phase}${total > 0 ? ` (${MB(total)})` : ''}\n`), at() {}, end() {} }
  let bar: SingleBar | undefined
  let size = 0
  return {
    begin(phase, total) {
      size = total
      bar = new SingleBar({ stream, format: `${phase.padEnd(24)} {bar} {percentage}% {done} of {whole}`, hideCursor: true, barsize: 24 })
      bar.start(Math.max(total, 1), 0, { done: MB(0), whole: MB(total) })
    },
    at: (done) => bar?.update(Math.min(done, Math.max(size, 1)), { done: MB(done), whole: MB(size) }),
    end() {
      bar?.update(Math.max(size, 1), { done: MB(size), whole: MB(size) })
      bar?.stop()
      bar = undefined
    },
  }
}
