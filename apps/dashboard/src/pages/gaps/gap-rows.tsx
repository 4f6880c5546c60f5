import { Link } from '@tanstack/react-router'
import type { Schema } from '../../api/client.ts'
import { Ago } from '../../components/ago.tsx'
import { count, visible } from '../../format.ts'
import { closes, kindWord, use } from '../../gap-words.ts'
import styles from './gap-rows.module.css'

export function GapRows({ gaps }: { gaps: readonly Schema['Gap'][] }) {
  return (
    <table className={styles.gaps}>
      <thead>
        <tr>
          <th scope="col">Gap</th>
          <th scope="col" className="number">
            Blocks
          </th>
          <th scope="col" className="number">
            Frees alone
          </th>
          <th scope="col">Rungs</th>
          <th scope="col">Compiler</th>
          <th scope="col">Use</th>
          <th scope="col">First seen</th>
          <th scope="col">Last seen</th>
          <th scope="col">Closes at</th>
        </tr>
      </thead>
      <tbody>
        {gaps.map((gap) => {
          const { key, truth, component, kind, name, blocks, freesAlone, rungs, linkages, firstSeen, lastSeen } = gap
          return (
            <tr key={key} data-row data-gap={key}>
              <th scope="row">
                <Link to="/gaps/$truth/$component/$kind/$name" params={{ truth, component, kind, name }}>
                  <code>{visible(name)}</code>
                </Link>
                <span className={styles.kind}>
                  {component}, {kindWord(kind)}
                </span>
              </th>
              <td className="number" data-label="blocks">
                <b>{count(blocks)}</b>
              </td>
              <td className="number" data-label="frees alone">
                {count(freesAlone)}
              </td>
              <td data-label="rungs">{rungs.length > 0 ? count(rungs.length) : ''}</td>
              <td data-label="compiler">{linkages.join(', ')}</td>
              <td data-label="use">{use(gap)}</td>
              <td data-label="first seen">
                <Ago at={firstSeen} />
              </td>
              <td data-label="last seen">
                <Ago at={lastSeen} />
              </td>
              <td data-label="closes at">{closes(gap)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
