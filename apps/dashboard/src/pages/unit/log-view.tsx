import { useQueries } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { type AttemptName, type LogStream, logLinesQuery } from '../../api/queries.ts'
import { ScrollBox } from '../../components/scroll-box.tsx'
import { AnsiText } from './ansi-text.tsx'
import type { Lines } from './line-anchor.ts'
import styles from './log.module.css'

/** Lines asked for at once. */
export const CHUNK = 500
const LINE = 18

interface LogViewProps {
  readonly name: AttemptName
  readonly stream: LogStream
  readonly total: number
  readonly find: string
  readonly marked: Lines | undefined
  /** Lines that hold what is looked for; shown beside the scroll bar. */
  readonly hits: readonly number[]
  readonly follow: boolean
  readonly onUnfollow: () => void
  readonly onLine: (line: number) => void
}

/** A window on the lines. Only chunks in sight are in memory as rows. */
export function LogView({ name, stream, total, find, marked, hits, follow, onUnfollow, onLine }: LogViewProps) {
  const box = useRef<HTMLElement>(null)
  const rows = useVirtualizer({ count: total, getScrollElement: () => box.current, estimateSize: () => LINE, overscan: 20 })
  const items = rows.getVirtualItems()
  const chunks = [...new Set(items.map(({ index }) => Math.floor(index / CHUNK)))]
  const asked = useQueries({ queries: chunks.map((chunk) => logLinesQuery(name, stream, chunk * CHUNK + 1, CHUNK)) })
  const lineAt = (index: number) => {
    const chunk = Math.floor(index / CHUNK)
    return asked[chunks.indexOf(chunk)]?.data?.lines[index - chunk * CHUNK]
  }
  const markedFrom = marked?.from
  useEffect(() => {
    if (markedFrom !== undefined) rows.scrollToIndex(markedFrom - 1, { align: 'center' })
  }, [markedFrom, rows])
  useEffect(() => {
    if (follow) rows.scrollToIndex(total - 1, { align: 'end' })
  }, [follow, total, rows])
  const digits = String(total).length
  return (
    <div className={styles.frame}>
      <ScrollBox ref={box} className={styles.log} label={`${stream}, ${total} lines`} onWheel={({ deltaY }) => deltaY < 0 && onUnfollow()}>
        <div style={{ height: rows.getTotalSize() }} className={styles.all}>
          {items.map(({ index, start }) => {
            const line = index + 1
            const text = lineAt(index)
            return (
              <div
                key={index}
                className={styles.line}
                style={{ transform: `translateY(${start}px)` }}
                data-line={line}
                data-marked={marked !== undefined && line >= marked.from && line <= marked.to}
              >
                <a
                  href={`#L${line}`}
                  tabIndex={-1}
                  style={{ minWidth: `${digits}ch` }}
                  onClick={(event) => {
                    event.preventDefault()
                    onLine(line)
                  }}
                >
                  {line}
                </a>
                <code>{text === undefined ? '' : <AnsiText text={text} find={find} />}</code>
              </div>
            )
          })}
        </div>
      </ScrollBox>
      <div className={styles.hits} aria-hidden="true">
        {hits.map((line) => (
          <span key={line} style={{ top: `${(100 * (line - 1)) / total}%` }} />
        ))}
      </div>
    </div>
  )
}
