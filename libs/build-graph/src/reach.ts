/** Whether the server behind an address takes connections, asked at a program's start so that a person is told what is missing. */
import { once } from 'node:events'
import { connect } from 'node:net'

const SERVERS: Readonly<Record<string, readonly [name: string, port: number]>> = {
  'postgres:': ['PostgreSQL', 5432],
  'postgresql:': ['PostgreSQL', 5432],
  'redis:': ['Redis', 6379],
  'rediss:': ['Redis', 6379],
}

/** Milliseconds to answer. */
const LIMIT = 10_000

/**
 * Resolves at once for an address without a host: that is a socket file.
 * @param variable of the environment that says where the server is
 * @throws Error of one line that names server, address without password, and `variable`
 */
export async function reach(address: string, variable: string): Promise<void> {
  const { protocol, hostname, port } = new URL(address)
  const [name, usual] = SERVERS[protocol] ?? [protocol, 0]
  if (hostname === '') return
  const place = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || usual }
  const socket = connect(place)
  const tooLate = AbortSignal.timeout(LIMIT)
  try {
    await once(socket, 'connect', { signal: tooLate })
  } catch (error) {
    const why = tooLate.aborted ? `after ${LIMIT / 1000} s` : (error as NodeJS.ErrnoException).code
    throw new Error(`${name} does not answer at ${hostname}:${place.port} (${why}): start it, or set ${variable} to where it is`)
  } finally {
    socket.destroy()
  }
}
