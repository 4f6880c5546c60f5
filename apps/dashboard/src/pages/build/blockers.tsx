import { Link } from '@tanstack/react-router'
import type { Schema } from '../../api/client.ts'
import { GapLink } from '../../components/gap-link.tsx'
import { State } from '../../components/state.tsx'
import { count, noun, visible } from '../../format.ts'
import styles from './blockers.module.css'

/** What failed or could not run, and why. One blocked unit may stand behind several, so these counts are never added: the sum is the build's own. */
export function Blockers({ build, blockers, blocked }: { build: string; blockers: readonly Schema['Blocker'][]; blocked: number }) {
  const failed = blockers.some(({ state }) => state === 'failed')
  return (
    <section aria-labelledby="causes">
      <h2 id="causes">{failed ? 'What failed, and what stands behind it' : 'What could not run, and why'}</h2>
      <table className={styles.causes}>
        <thead>
          <tr>
            <th scope="col">Unit</th>
            <th scope="col">State</th>
            <th scope="col">Why</th>
            <th scope="col" className="number">
              Behind it
            </th>
          </tr>
        </thead>
        <tbody>
          {blockers.map(({ unit, name, linkage, state, message, blocks, gap }) => (
            <tr key={unit} data-row>
              <th scope="row">
                <Link to="/builds/$build/units/$unit" params={{ build, unit }}>
                  {name}
                </Link>{' '}
                <span className="muted">{linkage}</span>
              </th>
              <td>
                <State state={state} />
              </td>
              <td>{gap ? <GapLink gap={gap} /> : <span className="muted">{visible(message ?? 'no gap: see its log')}</span>}</td>
              <td className="number">
                {blocks === 0 ? (
                  '0'
                ) : (
                  <Link to="/builds/$build/graph" params={{ build }} search={{ mark: `blocked-by:${unit}`, unit }}>
                    {count(blocks)}
                  </Link>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="muted">{noun(blocked, 'distinct unit is', 'distinct units are')} blocked; one may stand behind several of these.</p>
    </section>
  )
}
