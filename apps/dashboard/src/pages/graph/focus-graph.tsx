import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Schema } from '../../api/client.ts'
import { Glyph } from '../../components/glyph.tsx'
import { Loading } from '../../components/loading.tsx'
import { ScrollBox } from '../../components/scroll-box.tsx'
import { lookOf, wordOf } from '../../components/state.tsx'
import { noun, visible } from '../../format.ts'
import styles from './focus-graph.module.css'
import type { Layout, LayoutRequest } from './layout.ts'
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
const HEIGHT = 32

/** What fits on a node: where a crate is compiled, its platform is left to the title. */
const short = (name: string, kind: string): string => (kind === 'compile' ? name.replace(/ \([^)]*\)$/, '') : name)

/** What is around one unit: what it needs on one side, dependants on the other. Edges that a longer way implies are left out. */
export function FocusGraph({ units, graph, centre, hops, marked, onSelect }: FocusGraphProps) {
  const box = useRef<HTMLElement>(null)
  const width = useWidth(box)
  const near = useMemo(() => neighbourhood(graph, centre, hops, LIMIT), [graph, centre, hops])
  const request = useMemo<LayoutRequest>(
    () => ({
      width,
      nodes: near.units.map((unit) => ({
        id: String(unit),
        width: Math.min(240, 0.6 * width, 40 + 7.6 * short(units.name[unit]!, units.kind[unit]!).length),
        height: HEIGHT,
      })),
      edges: reducedEdges(graph, near.units).map(([from, to]) => [String(from), String(to)]),
    }),
    [width, graph, near, units.name, units.kind],
  )
  const layout = useLayout(request)
  useEffect(() => {
    const { current } = box
    const here = layout?.at[String(centre)]
    if (current === null || layout === undefined || here === undefined) return
    const { scale } = layout
    current.scrollTo({ left: here.x * scale - current.clientWidth / 2 + 100, top: here.y * scale - current.clientHeight / 2 })
  }, [layout, centre])
  return (
    <figure className={styles.figure}>
      <ScrollBox ref={box} className={styles.box} label={`Around ${units.name[centre]}`}>
        {layout === undefined ? (
          <Loading what="the picture" rows={8} />
        ) : (
          <div className={styles.fitted} style={{ width: layout.width * layout.scale, height: layout.height * layout.scale }}>
            <div
              className={styles.plane}
              style={{ width: layout.width, height: layout.height, scale: layout.scale }}
              data-marking={marked !== undefined}
            >
              <svg width={layout.width} height={layout.height} aria-hidden="true">
                {layout.edges.map(({ from, to, points }) => (
                  <path
                    key={`${from} ${to}`}
                    d={curve(points, layout.direction)}
                    data-own={from === String(centre) || to === String(centre)}
                  />
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
          </div>
        )}
      </ScrollBox>
      <figcaption className="muted">
        {noun(near.units.length, 'unit')} at most {noun(hops, 'hop')} away;{' '}
        {layout?.direction === 'down' ? 'needs above, dependants below.' : 'needs left, dependants right.'}
        {near.more > 0 && ` And ${noun(near.more, 'unit')} more, further away: choose fewer hops.`}
      </figcaption>
    </figure>
  )
}

/** Of the inside of an element, in pixels; 0 before it is in the page. */
function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const { current } = element
    if (current === null) return
    const watch = new ResizeObserver(() => setWidth(current.clientWidth))
    watch.observe(current)
    return () => watch.disconnect()
  }, [element])
  return width
}

/** Laid out in a worker of its own, which ends with the picture. */
function useLayout(request: LayoutRequest): Layout | undefined {
  const [done, setDone] = useState<{ request: LayoutRequest; layout: Layout }>()
  useEffect(() => {
    if (request.width === 0) return
    const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }: MessageEvent<Layout>) => setDone({ request, layout: data })
    worker.postMessage(request)
    return () => worker.terminate()
  }, [request])
  return done?.request === request ? done.layout : undefined
}

/** Bends so that an edge leaves and reaches a node in the direction of the picture. */
function curve(points: Layout['edges'][number]['points'], direction: Layout['direction']): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  let path = `M${first.x} ${first.y}`
  let before = first
  for (const { x, y } of rest) {
    const [middleX, middleY] = [(before.x + x) / 2, (before.y + y) / 2]
    path +=
      direction === 'right' ? `C${middleX} ${before.y} ${middleX} ${y} ${x} ${y}` : `C${before.x} ${middleY} ${x} ${middleY} ${x} ${y}`
    before = { x, y }
  }
  return path
}
