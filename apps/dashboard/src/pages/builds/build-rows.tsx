import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Schema } from '../../api/client.ts'
import { buildLook, buildName, countParts, verdict } from '../../build-words.ts'
import { Ago } from '../../components/ago.tsx'
import { CountBar } from '../../components/count-bar.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { lookOf } from '../../components/state.tsx'
import { took } from '../../format.ts'
import styles from './build-rows.module.css'

/** A table of builds; two of them can be marked and compared. */
export function BuildRows({ builds }: { builds: readonly Schema['Build'][] }) {
  const [marked, setMarked] = useState<readonly string[]>([])
  const navigate = useNavigate()
  const mark = (id: string, on: boolean) =>
    setMarked((before) => (on ? [...before.filter((other) => other !== id), id].slice(-2) : before.filter((other) => other !== id)))
  // The older build is a: the comparison then reads forward in time.
  const [b, a] = builds.filter(({ id }) => marked.includes(id)).map(({ id }) => id)
  return (
    <>
      <table className={styles.builds}>
        <thead>
          <tr>
            <th scope="col">Build</th>
            <th scope="col">Result</th>
            <th scope="col">Units</th>
            <th scope="col">Stage</th>
            <th scope="col">Compiler</th>
            <th scope="col">Surface</th>
            <th scope="col">By</th>
            <th scope="col">Started</th>
            <th scope="col" className="number">
              Took
            </th>
            <th scope="col">Mark</th>
          </tr>
        </thead>
        <tbody>
          {builds.map((build) => (
            <tr key={build.id} data-row>
              <th scope="row">
                <Link to="/builds/$build" params={{ build: build.id }}>
                  {buildName(build.id)}
                </Link>
              </th>
              <td className={styles.result}>
                <Glyph look={lookOf(buildLook(build))} />
                {verdict(build)}
              </td>
              <td className={styles.bar}>
                <CountBar total={build.counts.total} parts={countParts(build)} />
              </td>
              <td data-label="stage">{build.request.stage}</td>
              <td data-label="compiler">{build.request.linkage.join(', ')}</td>
              <td data-label="surface">
                {build.request.surface}
                {build.request.mode === 'strict' && ' strict'}
              </td>
              <td data-label="by">{build.triggeredBy}</td>
              <td data-label="started">
                <Ago at={build.createdAt} />
              </td>
              <td className="number" data-label="took">
                {build.endedAt === undefined ? '' : took(Date.parse(build.endedAt) - Date.parse(build.createdAt))}
              </td>
              <td className={styles.mark}>
                <input
                  type="checkbox"
                  aria-label={`Mark ${buildName(build.id)} for comparison`}
                  checked={marked.includes(build.id)}
                  onChange={({ target }) => mark(build.id, target.checked)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {marked.length > 0 && (
        <p className="row">
          <button
            type="button"
            className="primary"
            disabled={a === undefined || b === undefined}
            onClick={() => void navigate({ to: '/compare', search: { a: a!, b: b! } })}
          >
            Compare the two marked
          </button>
          {marked.length === 1 && <span className="muted">mark one more</span>}
        </p>
      )}
    </>
  )
}
