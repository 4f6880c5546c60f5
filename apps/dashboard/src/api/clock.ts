/** The server's clock, once a minute: ages on the screen are true even where the browser's own clock is not. */
import { useSyncExternalStore } from 'react'

const MINUTE = 60_000
const listeners = new Set<() => void>()
/** Milliseconds that the server is ahead. */
let ahead = 0
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

function tick() {
  now = serverNow()
  for (const listener of listeners) listener()
}

export const serverNow = (): number => Date.now() + ahead

/** Told by every answer's Date header, which has whole seconds: smaller differences are not followed. */
export function hearServerTime(header: string | null): void {
  const time = header === null ? Number.NaN : Date.parse(header)
  if (Number.isNaN(time) || Math.abs(time - serverNow()) < 2000) return
  ahead = time - Date.now()
  tick()
}

export function useNow(): number {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      if (timer === undefined) timer = setInterval(tick, MINUTE)
      return () => listeners.delete(listener)
    },
    () => now,
  )
}
