import { type RefObject, useLayoutEffect, useState } from 'react'
import styles from './lines.module.css'

interface LinesProps {
  readonly box: RefObject<HTMLElement | null>
  readonly unit: number
  readonly needs: readonly number[]
  readonly neededBy: readonly number[]
}

interface Drawn {
  readonly kind: 'needs' | 'needed-by'
  readonly unit: number
  readonly path: string
}

/** Lines from the selected unit to what it needs and what needs it: only its own, so that the map stays readable. */
export function Lines({ box, unit, needs, neededBy }: LinesProps) {
  const [drawn, setDrawn] = useState<readonly Drawn[]>([])
  useLayoutEffect(() => {
    const { current } = box
    if (current === null) return
    const draw = () => {
      const origin = current.getBoundingClientRect()
      const centre = (index: number) => {
        const rect = current.querySelector(`[data-index="${index}"]`)?.getBoundingClientRect()
        return rect && { x: rect.left - origin.left + rect.width / 2, y: rect.top - origin.top + rect.height / 2 }
      }
      const here = centre(unit)
      const lines = (kind: Drawn['kind'], others: readonly number[]) =>
        others.flatMap((other) => {
          const there = centre(other)
          if (here === undefined || there === undefined) return []
          const bend = (here.y + there.y) / 2
          return [{ kind, unit: other, path: `M${here.x} ${here.y}C${here.x} ${bend} ${there.x} ${bend} ${there.x} ${there.y}` }]
        })
      setDrawn([...lines('needs', needs), ...lines('needed-by', neededBy)])
    }
    draw()
    const watch = new ResizeObserver(draw)
    watch.observe(current)
    return () => watch.disconnect()
  }, [box, unit, needs, neededBy])
  return (
    <svg className={styles.lines} aria-hidden="true">
      {drawn.map(({ kind, unit: other, path }) => (
        <path key={`${kind} ${other}`} d={path} data-kind={kind} />
      ))}
    </svg>
  )
}
