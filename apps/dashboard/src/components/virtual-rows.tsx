import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react'

/** A table this long, or longer, has only the rows in the page that are in sight. */
const FROM = 200

/**
 * The body of a table whose rows have one height. `row`: pixels; `children` makes the row of an index, whose `aria-rowindex` is
 * that index and two: the head is the first.
 */
export function VirtualRows({ count, row, children }: { count: number; row: number; children: (index: number) => ReactNode }) {
  const body = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  // What stands above may come later, so its height is taken anew each time; the same number draws nothing again.
  useLayoutEffect(() => {
    if (body.current) setTop(Math.round(body.current.getBoundingClientRect().top + window.scrollY))
  })
  const virtual = count >= FROM
  const rows = useWindowVirtualizer({ count, estimateSize: () => row, overscan: 30, scrollMargin: top, enabled: virtual })
  const items = rows.getVirtualItems()
  const above = (items[0]?.start ?? top) - top
  const below = rows.getTotalSize() - ((items.at(-1)?.end ?? top) - top)
  return (
    <tbody ref={body}>
      {virtual ? (
        <>
          <Space height={above} />
          {items.map(({ index }) => children(index))}
          <Space height={below} />
        </>
      ) : (
        Array.from({ length: count }, (_, index) => children(index))
      )}
    </tbody>
  )
}

/** The place of rows that are out of sight. */
const Space = ({ height }: { height: number }) =>
  height > 0 && (
    <tr>
      <td style={{ height, padding: 0, border: 0 }} />
    </tr>
  )
