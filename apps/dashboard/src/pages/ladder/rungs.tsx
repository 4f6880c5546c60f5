import { Link } from '@tanstack/react-router'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { Fragment } from 'react'
import type { Schema } from '../../api/client.ts'
import { Command } from '../../components/command.tsx'
import { Facts } from '../../components/facts.tsx'
import { GapLink } from '../../components/gap-link.tsx'
import { State } from '../../components/state.tsx'
import { took, visible } from '../../format.ts'
import styles from './rungs.module.css'

/** The rungs as one table; `open` is the rung whose details stand below its row. */
export function Rungs({ ladder, open }: { ladder: Schema['Ladder']; open: string | undefined }) {
  return (
    <table className={styles.rungs}>
      <caption className="hidden">Rungs of the ladder, by linkage of the compiler</caption>
      <thead>
        <tr>
          <th scope="col">Rung</th>
          <th scope="col">Static</th>
          <th scope="col">Dynamic</th>
        </tr>
      </thead>
      <tbody>
        {ladder.rungs.map((rung, index) => {
          const opened = rung.id === open
          const Chevron = opened ? ChevronDown : ChevronRight
          return (
            <Fragment key={rung.id}>
              <tr data-row data-rung={rung.id}>
                <th scope="row">
                  <Link
                    to="/"
                    search={(before) => ({ ...before, rung: opened ? '' : rung.id })}
                    resetScroll={false}
                    replace
                    aria-expanded={opened}
                    className={styles.name}
                    activeProps={{ 'aria-current': undefined }}
                  >
                    <Chevron size={14} aria-hidden="true" />
                    <span className={styles.number}>{index + 1}</span>
                    {rung.title}
                  </Link>
                </th>
                <CellView cell={rung.static} linkage="static" ladder={ladder} />
                <CellView cell={rung.dynamic} linkage="dynamic" ladder={ladder} />
              </tr>
              {opened && (
                <tr className={styles.details}>
                  <td colSpan={3}>
                    <Details rung={rung} ladder={ladder} />
                  </td>
                </tr>
              )}
            </Fragment>
          )
        })}
      </tbody>
    </table>
  )
}

interface CellProps {
  readonly cell: Schema['RungCell']
  readonly linkage: 'static' | 'dynamic'
  readonly ladder: Schema['Ladder']
}

function CellView({ cell, linkage, ladder }: CellProps) {
  const state = <State state={cell.cached && cell.state === 'passed' ? 'cached' : cell.state} />
  const { build } = cell
  const unit = cell.units.at(-1)
  return (
    <td data-linkage={linkage} data-state={cell.state}>
      <div className={styles.cell}>
        {build && unit ? (
          <Link to="/builds/$build/units/$unit" params={{ build, unit }} className={styles.state}>
            {state}
          </Link>
        ) : (
          state
        )}
        <span className={styles.time}>{cell.milliseconds === undefined ? '' : took(cell.milliseconds)}</span>
        <Reason cell={cell} ladder={ladder} />
      </div>
    </td>
  )
}

function Reason({ cell, ladder }: Pick<CellProps, 'cell' | 'ladder'>) {
  const behind = ladder.rungs.find(({ id }) => id === cell.blockedBy)
  if (cell.gap) return <GapLink gap={cell.gap} />
  if (behind) return <span className="muted">behind {behind.title}</span>
  return cell.message ? <span className="muted">{visible(cell.message)}</span> : null
}

function Details({ rung, ladder }: { rung: Schema['Rung']; ladder: Schema['Ladder'] }) {
  const title = (id: string) => ladder.rungs.find((other) => other.id === id)?.title ?? id
  const units = (['static', 'dynamic'] as const).flatMap((linkage) => {
    const { build, units: steps } = rung[linkage]
    return build === undefined ? [] : steps.map((unit) => ({ linkage, build, unit }))
  })
  return (
    <div className="stack">
      <Facts
        rows={[
          ['needs', rung.needs.length === 0 ? 'nothing' : rung.needs.map(title).join(', ')],
          [
            'units',
            units.length === 0
              ? ''
              : units.map(({ linkage, build, unit }) => (
                  <Fragment key={unit}>
                    <Link to="/builds/$build/units/$unit" params={{ build, unit }}>
                      {unit}
                    </Link>{' '}
                    <span className="muted">{linkage}</span>{' '}
                  </Fragment>
                )),
          ],
        ]}
      />
      {rung.command !== '' && <Command line={rung.command} />}
    </div>
  )
}
