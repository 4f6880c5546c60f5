import { Link } from '@tanstack/react-router'
import type { Schema } from '../../api/client.ts'
import { GapLink } from '../../components/gap-link.tsx'
import { count, noun } from '../../format.ts'
import styles from './blockers.module.css'

/** Failures by cause. One blocked unit may stand behind several, so these counts are never added: the sum is the build's own. */
export function Blockers({ build, blockers, blocked }: { build: string; blockers: readonly Schema['Blocker'][]; blocked: number }) {
  return (
    <section aria-labelledby="causes">
      <h2 id="causes">What failed, and what stands behind it</h2>
      <table className={styles.causes}>
        <thead>
          <tr>
            <th scope="col">Unit</th>
            <th scope="col">Gap</th>
            <th scope="col" className="number">
              Behind it
            </th>
          </tr>
        </thead>
        <tbody>
          {blockers.map(({ unit, name, blocks, gap }) => (
            <tr key={unit} data-row>
              <th scope="row">
                <Link to="/builds/$build/units/$unit" params={{ build, unit }}>
                  {name}
                </Link>
              </th>
              <td>{gap ? <GapLink gap={gap} /> : <span className="muted">no gap: see its log</span>}</td>
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
