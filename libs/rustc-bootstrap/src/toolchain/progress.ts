/** Progress for people, on stderr: a bar on a terminal, else one plain line per phase. */
import { SingleBar } from 'cli-progress'

export interface Progress {
  /** A phase begins; `total` in bytes, or a number of units. */
  begin(phase: string, total: number, what?: Measure): void
  /** So much of the phase is done now. */
  at(done: number): void
  end(): void
}

export type Measure = 'bytes' | 'units'

export const silent: Progress = { begin() {}, at() {}, end() {} }

const said = (amount: number, what: Measure): string => (what === 'units' ? String(amount) : MB(amount))
const MB = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`

export function progressOn(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY)
    return {
      begin: (phase, total, what = 'bytes') => void stream.write(`${phase}${total > 0 ? ` (${said(total, what)})` : ''}\n`),
      at() {},
      end() {},
    }
  let bar: SingleBar | undefined
  let size = 0
  let measure: Measure = 'bytes'
  const text = (amount: number): string => said(amount, measure)
  return {
    begin(phase, total, what = 'bytes') {
      bar?.stop()
      size = total
      measure = what
      bar = new SingleBar({ stream, format: `${phase.padEnd(24)} {bar} {percentage}% {done} of {whole}`, hideCursor: true, barsize: 24 })
      bar.start(Math.max(total, 1), 0, { done: text(0), whole: text(total) })
    },
    at: (done) => bar?.update(Math.min(done, Math.max(size, 1)), { done: text(done), whole: text(size) }),
    end() {
      bar?.update(Math.max(size, 1), { done: text(size), whole: text(size) })
      bar?.stop()
      bar = undefined
    },
  }
}
