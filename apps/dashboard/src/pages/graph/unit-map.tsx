import { memo, useMemo, useRef } from 'react'
import type { Schema } from '../../api/client.ts'
import { CountBar } from '../../components/count-bar.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { lookOf, wordOf } from '../../components/state.tsx'
import { noun } from '../../format.ts'
import { groupBy } from '../../group-by.ts'
import { type Card, cards } from './cards.ts'
import { Lines } from './lines.tsx'
import { step } from './step.ts'
import type { UnitGraph } from './unit-graph.ts'
import styles from './unit-map.module.css'

interface UnitMapProps {
  readonly units: Schema['GraphColumns']
  readonly graph: UnitGraph
  readonly marked: ReadonlySet<number> | undefined
  readonly found: ReadonlySet<number>
  readonly selected: number | undefined
  readonly onSelect: (unit: number) => void
  readonly onFocus: (unit: number) => void
}

/** With more units than this, crates show their squares without their names, each square one element drawn by style alone. */
const NAMED = 600

/** Every unit as a square on the card of its stage, next to the others of its crate. One tab stop; arrows walk. */
export function UnitMap({ units, graph, marked, found, selected, onSelect, onFocus }: UnitMapProps) {
  const box = useRef<HTMLDivElement>(null)
  const { name, stage, kind } = units
  const placed = useMemo(() => cards({ name, stage, kind }, graph), [name, stage, kind, graph])
  const entry = selected ?? placed[0]?.crates[0]?.units[0]
  const pick = (target: EventTarget) => {
    const unit = (target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset.index
    return unit === undefined ? undefined : Number(unit)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears what its buttons say, once for all of them
    <div
      ref={box}
      className={styles.map}
      data-named={units.id.length <= NAMED}
      data-marking={marked !== undefined}
      onClick={({ target }) => {
        const unit = pick(target)
        if (unit !== undefined) onSelect(unit)
      }}
      onKeyDown={(event) => {
        const unit = pick(event.target)
        if (unit === undefined) return
        if (event.key === 'Enter') {
          event.preventDefault()
          onFocus(unit)
        } else if (step(box.current!, event.target as HTMLElement, event.key)) event.preventDefault()
      }}
    >
      {placed.map((card) => (
        <CardView
          key={card.stage}
          card={card}
          units={units}
          graph={graph}
          marked={marked}
          found={found}
          selected={selected}
          entry={entry}
        />
      ))}
      {selected !== undefined && <Lines box={box} unit={selected} needs={graph.needs[selected]!} neededBy={graph.neededBy[selected]!} />}
    </div>
  )
}

interface CardProps extends Omit<UnitMapProps, 'onSelect' | 'onFocus'> {
  readonly card: Card
  readonly entry: number | undefined
}

function CardView({ card, units, graph, marked, found, selected, entry }: CardProps) {
  const parts = useMemo(() => {
    const byState = groupBy(card.units, (unit) => units.state[unit]!)
    return [...byState].map(([state, list]) => ({ state, n: list.length }))
  }, [card.units, units.state])
  return (
    <section className={styles.card} aria-label={`Stage ${card.stage}`}>
      <header>
        <h2>{card.stage}</h2>
        <span className="muted">
          {noun(card.units.length, 'unit')}
          {card.from.length > 0 && `, needs ${card.from.map(({ stage, edges }) => `${stage} (${noun(edges, 'edge')})`).join(', ')}`}
        </span>
        <CountBar total={card.units.length} parts={parts} />
      </header>
      <ul className={styles.crates}>
        {card.crates.map(({ name, units: members }) => (
          <li key={name}>
            <span className={styles.squares}>
              {members.map((unit) => (
                <Square
                  key={unit}
                  index={unit}
                  name={units.name[unit]!}
                  needs={graph.needs[unit]!.length}
                  neededBy={graph.neededBy[unit]!.length}
                  plain={units.id.length > NAMED}
                  state={units.state[unit]!}
                  mark={marked?.has(unit) === true}
                  found={found.has(unit)}
                  selected={unit === selected}
                  entry={unit === entry}
                />
              ))}
            </span>
            <span className={styles.name} title={name}>
              {name}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

interface SquareProps {
  readonly index: number
  readonly name: string
  readonly needs: number
  readonly neededBy: number
  readonly plain: boolean
  readonly state: Schema['Unit']['state']
  readonly mark: boolean
  readonly found: boolean
  readonly selected: boolean
  readonly entry: boolean
}

/** Drawn again only if something of its own changed: a live build recolours single squares. */
const Square = memo(function Square({ index, name, needs, neededBy, plain, state, mark, found, selected, entry }: SquareProps) {
  const label = `${name}, ${wordOf(state)}, needs ${needs}, needed by ${neededBy}`
  return (
    <button
      type="button"
      className={styles.square}
      tabIndex={entry ? 0 : -1}
      aria-label={label}
      title={label}
      aria-pressed={selected}
      data-index={index}
      data-look={lookOf(state)}
      data-mark={mark}
      data-found={found}
    >
      {!plain && <Glyph look={lookOf(state)} />}
    </button>
  )
})
