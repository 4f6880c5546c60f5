/**
 * The stream of events, one per browser: whichever tab holds the lock reads it and tells the others, because a browser opens
 * only six connections to a host. What arrives goes into the cache.
 */
import type { QueryClient, QueryKey } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { backoff } from './backoff.ts'
import { serverNow } from './clock.ts'
import { applyEvent, type BuildEvent } from './reduce-event.ts'

const ADDRESS = '/api/v1/events'
const NAME = 'bootgraph-events'
const TYPES: readonly BuildEvent['type'][] = ['build', 'unit', 'gap', 'worker']
/** Milliseconds between two questions that events cause, however many arrive. */
const GATHER = 1000

export interface Connection {
  readonly state: 'connecting' | 'live' | 'reconnecting' | 'offline'
  /** When something last came, by the server's clock. */
  readonly asOf: number
}
type Told = { readonly connection: Connection } | { readonly event: BuildEvent } | { readonly refresh: true } | { readonly ask: true }

let connection: Connection = { state: 'connecting', asOf: serverNow() }
const listeners = new Set<() => void>()

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => connection,
  )
}

export function followEvents(cache: QueryClient): void {
  const hear = hearer(cache)
  const channel = new BroadcastChannel(NAME)
  let leads = false
  channel.onmessage = ({ data }: MessageEvent<Told>) => {
    if (!leads) hear(data)
    else if ('ask' in data) channel.postMessage({ connection } satisfies Told)
  }
  channel.postMessage({ ask: true } satisfies Told)
  const lead = () => {
    leads = true
    read((told) => {
      channel.postMessage(told)
      hear(told)
    })
    // The lock is held until the tab closes.
    return new Promise<never>(() => {})
  }
  // Locks exist on https and on loopback only; elsewhere every tab reads for itself.
  if ('locks' in navigator) void navigator.locks.request(NAME, lead)
  else void lead()
}

/** Reads for ever; after a break it goes on where it was, and has asked again what it may have missed. */
function read(tell: (told: Told) => void): void {
  let last: string | undefined
  let failures = 0
  const open = () => {
    const source = new EventSource(last === undefined ? ADDRESS : `${ADDRESS}?after=${last}`)
    source.onopen = () => {
      if (failures > 0) tell({ refresh: true })
      failures = 0
      tell({ connection: { state: 'live', asOf: serverNow() } })
    }
    source.onerror = () => {
      source.close()
      tell({ connection: { state: navigator.onLine ? 'reconnecting' : 'offline', asOf: connection.asOf } })
      setTimeout(open, backoff(failures++, Math.random))
    }
    for (const type of TYPES)
      source.addEventListener(type, ({ data, lastEventId }: MessageEvent<string>) => {
        last = lastEventId
        tell({ event: JSON.parse(data) as BuildEvent })
      })
  }
  open()
}

function hearer(cache: QueryClient): (told: Told) => void {
  const stale = new Map<string, QueryKey>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    timer = undefined
    for (const queryKey of stale.values()) void cache.invalidateQueries({ queryKey }, { cancelRefetch: false })
    stale.clear()
  }
  return (told) => {
    if ('refresh' in told) void cache.invalidateQueries({}, { cancelRefetch: false })
    if ('connection' in told) connection = told.connection
    if ('event' in told) {
      connection = { state: 'live', asOf: serverNow() }
      for (const key of applyEvent(cache, told.event)) stale.set(JSON.stringify(key), key)
      if (timer === undefined) timer = setTimeout(flush, GATHER)
    }
    for (const listener of listeners) listener()
  }
}
