import type { ReactNode } from 'react'
import type { Schema } from '../api/client.ts'
import { noun } from '../format.ts'
import { groupBy } from '../group-by.ts'
import styles from './gaps-by-truth.module.css'
import { TRUTH_NAMES, type Truth } from './truth.tsx'

/** What nobody has to implement, and why it was met all the same. */
const FOLDED: Partial<Record<Truth, (n: number) => string>> = {
  'host-spelling': (n) => `${noun(n, 'host spelling')} that the surface serves under another name`,
  'host-only': (n) => `${noun(n, 'name')} that only the host has`,
}

/**
 * Gaps in the order of whose they are. Those of Redox and of the model are in sight; of what only a build for the host asks
 * for, one line says how many there are, and opens.
 */
export function GapsByTruth<T extends { readonly gap: Schema['GapRef'] }>({
  gaps,
  children,
}: {
  gaps: readonly T[]
  children: (met: T) => ReactNode
}) {
  const byTruth = groupBy(gaps, ({ gap }) => gap.truth)
  return TRUTH_NAMES.map((truth) => {
    const group = byTruth.get(truth)
    if (group === undefined) return null
    const list = <ul className={styles.gaps}>{group.map((met) => children(met))}</ul>
    const folded = FOLDED[truth]
    if (folded === undefined) return <div key={truth}>{list}</div>
    return (
      <details key={truth} className={styles.folded}>
        <summary>{folded(group.length)}</summary>
        {list}
      </details>
    )
  })
}
