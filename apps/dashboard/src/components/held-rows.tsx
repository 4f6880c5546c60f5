import { type ReactNode, useRef, useState } from 'react'
import { noun } from '../format.ts'
import styles from './held-rows.module.css'
import { holdOrder } from './hold-order.ts'

/** A list that changes by itself: while a pointer or the focus is in it, its rows keep their places. */
export function HeldRows<T>({
  rows,
  keyOf,
  children,
}: {
  rows: readonly T[]
  keyOf: (row: T) => string
  children: (rows: readonly T[]) => ReactNode
}) {
  const [inside, setInside] = useState({ pointer: false, focus: false })
  const shown = useRef(rows)
  const { rows: held, pending } = inside.pointer || inside.focus ? holdOrder(shown.current, rows, keyOf) : { rows, pending: 0 }
  shown.current = held
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notices that somebody is at work inside
    <div
      onPointerEnter={() => setInside((before) => ({ ...before, pointer: true }))}
      onPointerLeave={() => setInside((before) => ({ ...before, pointer: false }))}
      onFocus={() => setInside((before) => ({ ...before, focus: true }))}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) setInside((before) => ({ ...before, focus: false }))
      }}
    >
      {children(held)}
      <p className={styles.pending}>
        {pending > 0 && (
          <button type="button" onClick={() => setInside({ pointer: false, focus: false })}>
            {noun(pending, 'change')}: apply
          </button>
        )}
      </p>
    </div>
  )
}
