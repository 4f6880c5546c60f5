import { useInfiniteQuery } from '@tanstack/react-query'
import type { Schema } from '../../api/client.ts'
import { type GapPath, occurrencesQuery } from '../../api/queries.ts'
import { Command } from '../../components/command.tsx'
import { Digest } from '../../components/digest.tsx'
import { Empty } from '../../components/empty.tsx'
import { Facts } from '../../components/facts.tsx'
import { GapLink } from '../../components/gap-link.tsx'
import { GapsByTruth } from '../../components/gaps-by-truth.tsx'
import { Occurrence } from '../../components/occurrence.tsx'
import { Problem } from '../../components/problem.tsx'
import { Truth } from '../../components/truth.tsx'
import { bytes, count, noun, took, visible } from '../../format.ts'
import { commandLine } from '../../shell-quote.ts'
import { Diagnostics } from './diagnostics.tsx'
import styles from './result.module.css'

interface ResultProps {
  readonly unit: Schema['UnitDetail']
  readonly attempt: Schema['Attempt'] | undefined
}

/** What came of an attempt: its end, what was run, the compiler's own words, and the gaps it met with their call stacks. */
export function Result({ unit, attempt }: ResultProps) {
  const stopped = unit.gaps.filter((met) => met.stopped)
  const others = unit.gaps.filter((met) => !met.stopped)
  return (
    <div className="stack">
      {attempt ? (
        <End attempt={attempt} />
      ) : (
        <Empty why={unit.unavailable ? `Planned, but nothing can run it yet: ${unit.unavailable}` : 'It has not run yet.'} />
      )}
      <Asked unit={unit} />
      {attempt && unit.state === 'failed' && <Diagnostics unit={unit} attempt={attempt} />}
      {stopped.length > 0 && (
        <section aria-labelledby="stopped" className="stack">
          <h2 id="stopped">{stopped.length === 1 ? 'The gap that stopped it' : 'Gaps that stopped it'}</h2>
          <ul className="stack">
            {stopped.map((met) => (
              <Met key={met.gap.key} met={met} unit={unit} open />
            ))}
          </ul>
        </section>
      )}
      {others.length > 0 && (
        <section aria-labelledby="met">
          <h2 id="met">{stopped.length > 0 ? 'Met as well, and served' : `${noun(others.length, 'gap')} met and served`}</h2>
          <GapsByTruth gaps={others}>{(met) => <Met key={met.gap.key} met={met} unit={unit} />}</GapsByTruth>
        </section>
      )}
    </div>
  )
}

function End({ attempt: { state, cached, exit, error, missingOutputs, measured, fuel } }: { attempt: Schema['Attempt'] }) {
  return (
    <section aria-labelledby="end">
      <h2 id="end">How it ended</h2>
      <Facts
        rows={[
          ['attempt', cached ? `${state}, from the cache` : state],
          [
            'exit',
            exit &&
              [
                exit.reason === 'exit' ? `code ${exit.code}` : exit.reason,
                exit.signal !== undefined && `signal ${exit.signal}`,
                exit.message && visible(exit.message),
              ]
                .filter(Boolean)
                .join(', '),
          ],
          ['error', error && visible(error)],
          ['missing', missingOutputs && missingOutputs.length > 0 ? `declared, but not made: ${missingOutputs.join(', ')}` : ''],
          ['peak memory', measured && bytes(measured.peakMemory)],
          ['fuel', fuel !== undefined ? count(fuel) : ''],
          [
            'time',
            measured &&
              Object.entries(measured.time)
                .map(([phase, ms]) => `${phase} ${took(ms)}`)
                .join(', '),
          ],
        ]}
      />
    </section>
  )
}

function Met({ met, unit, open = false }: { met: Schema['UnitGap']; unit: Schema['UnitDetail']; open?: boolean }) {
  return (
    <li className={styles.met}>
      <p className="row">
        <Truth kind={met.gap.truth} /> <GapLink gap={met.gap} /> <span className="muted">found at {met.found}</span>
      </p>
      {open ? (
        <Occurrences unit={unit} gap={met.gap} />
      ) : (
        <details>
          <summary>{noun(met.occurrences, 'occurrence')}</summary>
          <Occurrences unit={unit} gap={met.gap} />
        </details>
      )}
    </li>
  )
}

function Occurrences({ unit, gap: { truth, component, kind, name } }: { unit: Schema['UnitDetail']; gap: Schema['GapRef'] }) {
  const path: GapPath = { truth, component, kind, name }
  const { data, error } = useInfiniteQuery(occurrencesQuery(path, { build: unit.build, unit: unit.id, limit: 200 }))
  const rows = data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <div className={styles.occurrences}>
      {error && <Problem error={error} />}
      {rows.map((row) => (
        <Occurrence key={row.id} occurrence={row} />
      ))}
    </div>
  )
}

/** The action as a person would type it. */
function Asked({ unit: { content, action } }: { unit: Schema['UnitDetail'] }) {
  const command = content?.command as string[] | undefined
  const env = content?.env as Record<string, string> | undefined
  if (command === undefined) return null
  return (
    <section aria-labelledby="asked" className="stack">
      <h2 id="asked">What was run</h2>
      <Command line={commandLine(command, env)} />
      <Facts
        rows={[
          ['folder', String(content?.cwd ?? '')],
          ['action', action && <Digest value={action} />],
        ]}
      />
    </section>
  )
}
