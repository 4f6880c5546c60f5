import { Link } from '@tanstack/react-router'
import type { Schema } from '../api/client.ts'
import { buildName } from '../build-words.ts'
import { noun, visible } from '../format.ts'
import { Ago } from './ago.tsx'
import { CallStack } from './call-stack.tsx'
import styles from './occurrence.module.css'

/** One meeting with a gap: who asked, when in its life, and by which way of calls. `unit`: names the unit as well. */
export function Occurrence({ occurrence, unit = false }: { occurrence: Schema['Occurrence']; unit?: boolean }) {
  const { build, unit: id, surface, seenAt, found, symbol, module, caller, count, detail, stack } = occurrence
  return (
    <article className={styles.occurrence}>
      <p>
        found at <b>{found}</b>: <code>{visible(symbol)}</code> by{' '}
        <code title={module}>{visible(module.slice(module.lastIndexOf('/') + 1))}</code>
        {caller && (
          <>
            {' in '}
            <code>{visible(caller)}</code>
          </>
        )}
        {count > 1 && `, ${noun(count, 'time')}`}
      </p>
      {detail && <p>{visible(detail)}</p>}
      {unit && (
        <p className="muted">
          <Link to="/builds/$build/units/$unit" params={{ build, unit: id }}>
            {id}
          </Link>{' '}
          of {buildName(build)}, surface {surface}, <Ago at={seenAt} />
        </p>
      )}
      {stack && stack.length > 0 && <CallStack frames={stack} />}
    </article>
  )
}
