import { useNow } from '../api/clock.ts'
import { absolute, ago } from '../format.ts'

/** A moment, relative; the absolute time with its zone in the title. `at`: ISO 8601. */
export function Ago({ at }: { at: string }) {
  const now = useNow()
  const time = Date.parse(at)
  return (
    <time dateTime={at} title={absolute(time)}>
      {ago(time, now)}
    </time>
  )
}
