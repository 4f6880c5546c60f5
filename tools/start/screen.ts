/** The live view of a build: a bar, what runs, and a line for each unit that ends; on a terminal the bar stays below. */
import type { Client } from './client.ts'

interface Counts {
  readonly total: number
  readonly [state: string]: number
}
interface BuildDetail {
  readonly state: string
  readonly counts: Counts
  readonly running: readonly { readonly name: string; readonly since: string }[]
}
interface Unit {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly linkage?: string
  readonly message?: string
  readonly gap?: { readonly truth: string; readonly component: string; readonly name: string }
  readonly milliseconds?: number
}

const GLYPH: Readonly<Record<string, string>> = { built: '✓', cached: '=', failed: '✗', blocked: '⊘', cancelled: '–' }
const WIDTH = 40

export class Screen {
  readonly #out: NodeJS.WriteStream
  readonly #told = new Set<string>()

  constructor(out: NodeJS.WriteStream) {
    this.#out = out
  }

  /** Shows what is new; true once the build has ended. */
  async show(api: Client, id: string): Promise<boolean> {
    const build = await api.get<BuildDetail>(`/builds/${id}`)
    const { items } = await api.get<{ items: Unit[] }>(`/builds/${id}/units?state=${Object.keys(GLYPH).join(',')}&limit=200`)
    this.#clear()
    for (const unit of items) {
      if (this.#told.has(unit.id)) continue
      this.#told.add(unit.id)
      this.#out.write(`${line(unit)}\n`)
    }
    const over = build.state !== 'running'
    if (over) this.#out.write(`\n${summary(build.counts)}\n`)
    else if (this.#out.isTTY) this.#out.write(bar(build))
    return over
  }

  #clear(): void {
    if (this.#out.isTTY) this.#out.write('\r\x1b[K')
  }
}

function line({ name, state, linkage = '', message, gap, milliseconds }: Unit): string {
  const time = milliseconds === undefined ? '' : `${(milliseconds / 1000).toFixed(1)} s`
  const why = gap ? `gap: ${gap.truth} ${gap.component} ${gap.name}` : (message ?? '')
  return `${GLYPH[state]} ${linkage.padEnd(8)} ${name.padEnd(44)} ${time.padStart(8)}  ${why}`.trimEnd()
}

function bar({ counts, running }: BuildDetail): string {
  const ended = Object.keys(GLYPH).reduce((sum, state) => sum + counts[state]!, 0)
  const full = Math.round((ended / Math.max(1, counts.total)) * WIDTH)
  const now = running.map(({ name }) => name).join(', ')
  return `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${ended}/${counts.total}  ${now}`
}

function summary(counts: Counts): string {
  const parts = Object.entries(counts).filter(([state, n]) => state !== 'total' && n > 0)
  return `${counts.total} planned = ${parts.map(([state, n]) => `${n} ${state}`).join(' + ')}; the dashboard stays up`
}
