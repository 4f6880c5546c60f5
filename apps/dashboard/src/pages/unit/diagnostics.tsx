import { useQuery } from '@tanstack/react-query'
import type { Schema } from '../../api/client.ts'
import { logLinesQuery } from '../../api/queries.ts'
import { ScrollBox } from '../../components/scroll-box.tsx'
import { AnsiText } from './ansi-text.tsx'
import styles from './log.module.css'
import { diagnostics } from './parse-diagnostics.ts'

const LINES = 2000
const SHOWN = 20

/** The compiler's errors in its own words; nothing if the log holds none. */
export function Diagnostics({ unit: { build, id }, attempt }: { unit: Schema['UnitDetail']; attempt: Schema['Attempt'] }) {
  const log = attempt.logs.find(({ stream, size }) => stream === 'stderr' && size > 0)
  const { data } = useQuery({
    ...logLinesQuery({ build, unit: id, attempt: attempt.number }, 'stderr', 1, LINES),
    enabled: log !== undefined,
  })
  const errors = diagnostics(data?.lines ?? []).filter(({ level }) => level.startsWith('error'))
  if (errors.length === 0) return null
  return (
    <section aria-labelledby="diagnostics">
      <h2 id="diagnostics">What the compiler says</h2>
      <ScrollBox label="diagnostics" className={styles.plain}>
        {errors.slice(0, SHOWN).map(({ rendered }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a diagnostic has no other identity than its place
          <AnsiText key={index} text={rendered} />
        ))}
      </ScrollBox>
      {errors.length > SHOWN && <p className="muted">and {errors.length - SHOWN} more in the log</p>}
    </section>
  )
}
