/** What one side of a comparison met or took and the other did not: gaps, and CPU time of what both ran. */
import type { Schema } from '../../api/client.ts'
import { GapLink } from '../../components/gap-link.tsx'
import { count, noun, took } from '../../format.ts'
import styles from './compared-cost.module.css'

export function ComparedCost({ comparison: { gaps, cpu } }: { comparison: Schema['Comparison'] }) {
  return (
    <section aria-labelledby="cost" className="stack">
      <h2 id="cost">Gaps and CPU time</h2>
      <Met by="A" gaps={gaps.onlyA} />
      <Met by="B" gaps={gaps.onlyB} />
      <p>
        {noun(gaps.both, 'gap')} met by both.{' '}
        {cpu.units > 0 && `${noun(cpu.units, 'unit')} ran in both: ${took(cpu.a)} of CPU in A, ${took(cpu.b)} in B.`}
      </p>
    </section>
  )
}

/** Folded where there are many. */
function Met({ by, gaps }: { by: string; gaps: readonly Schema['GapRef'][] }) {
  if (gaps.length === 0) return <p>No gap is met by {by} alone.</p>
  return (
    <details className={styles.met} open={gaps.length <= 10}>
      <summary>
        Only {by} meets {count(gaps.length)}
      </summary>
      <ul>
        {gaps.map((gap) => (
          <li key={`${gap.truth}/${gap.component}/${gap.kind}/${gap.name}`}>
            <GapLink gap={gap} />
          </li>
        ))}
      </ul>
    </details>
  )
}
