import { useEffect, useMemo, useRef, useState } from 'react'
import type { Schema } from '../../api/client.ts'
import { Glyph } from '../../components/glyph.tsx'
import { Loading } from '../../components/loading.tsx'
import { ScrollBox } from '../../components/scroll-box.tsx'
import { lookOf, wordOf } from '../../components/state.tsx'
import { noun, visible } from '../../format.ts'
import styles from './focus-graph.module.css'
import type { Layout, LayoutRequest } from './layout.worker.ts'
import { neighbourhood, reducedEdges, type UnitGraph } from './unit-graph.ts'

interface FocusGraphProps {
  readonly units: Schema['GraphColumns']
  readonly graph: UnitGraph
  readonly centre: number
  readonly hops: number
  readonly marked: ReadonlySet<number> | undefined
  readonly onSelect: (unit: number) => void
}

const LIMIT = 150
const HEIGHT = 26

/** What fits on a node: where a crate is compiled, its platform is left to the title. */
const short = (name: string, kind: string): string => (kind === 'compile' ? name.replace(/ \([^)]*\)$/, '') : name)

/** What is around one unit: needs on the left, dependants on the right. Edges that a longer way implies are left out. */
export function FocusGraph({ units, graph, centre, hops, marked, onSelect }: FocusGraphProps) {
  const near = useMemo(() => neighbourhood(graph, centre, hops, LIMIT), [graph, centre, hops])
  const request = useMemo<LayoutRequest>(
    () => ({
      nodes: near.units.map((unit) => ({
        id: String(unit),
        width: Math.min(240, 40 + 7.6 * short(units.name[unit]!, units.kind[unit]!).length),
        height: HEIGHT,
      })),
      edges: reducedEdges(graph, near.units).map(([from, to]) => [String(from), String(to)]),
    }),
    [graph, near, units.name, units.kind],
  )
  const layout = useLayout(request)
  const box = useRef<HTMLElement>(null)
  const here = layout?.at[String(centre)]
  useEffect(() => {
    const { current } = box
    if (current && here) current.scrollTo({ left: here.x - current.clientWidth / 2 + 100, top: here.y - current.clientHeight / 2 })
  }, [here])
  if (layout === undefined) return <Loading what="the picture" rows={12} />
  return (
    <figure className={styles.figure}>
      <ScrollBox ref={box} className={styles.box} label={`Around ${units.name[centre]}`}>
        <div className={styles.plane} style={{ width: layout.width, height: layout.height }} data-marking={marked !== undefined}>
          <svg width={layout.width} height={layout.height} aria-hidden="true">
            {layout.edges.map(({ from, to, points }) => (
              <path key={`${from} ${to}`} d={curve(points)} data-own={from === String(centre) || to === String(centre)} />
            ))}
          </svg>
          {near.units.map((unit, index) => {
            const { x, y } = layout.at[String(unit)]!
            const name = units.name[unit]!
            return (
              <button
                key={unit}
                type="button"
                className={styles.node}
                style={{ left: x, top: y, width: request.nodes[index]!.width, height: HEIGHT }}
                onClick={() => onSelect(unit)}
                aria-pressed={unit === centre}
                aria-label={`${name}, ${wordOf(units.state[unit]!)}`}
                title={name}
                data-mark={marked?.has(unit) === true}
              >
                <Glyph look={lookOf(units.state[unit]!)} size={12} />
                <span>{visible(short(name, units.kind[unit]!))}</span>
              </button>
            )
          })}
        </div>
      </ScrollBox>
      <figcaption className="muted">
        {noun(near.units.length, 'unit')} at most {noun(hops, 'hop')} away; needs left, dependants right.
        {near.more > 0 && ` And ${noun(near.more, 'unit')} more, further away: choose fewer hops.`}
      </figcaption>
    </figure>
  )
}

/** Laid out in a worker of its own, which ends with the picture. */
function useLayout(request: LayoutRequest): Layout | undefined {
  const [done, setDone] = useState<{ request: LayoutRequest; layout: Layout }>()
  useEffect(() => {
    const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }: MessageEvent<Layout>) => setDone({ request, layout: data })
    worker.postMessage(request)
    return () => worker.terminate()
  }, [request])
  return done?.request === request ? done.layout : undefined
}

function curve(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  let path = `M${first.x} ${first.y}`
  let before = first
  for (const point of rest) {
    const middle = (before.x + point.x) / 2
    path += `C${middle} ${before.y} ${middle} ${point.y} ${point.x} ${point.y}`
    before = point
  }
  return path
}
