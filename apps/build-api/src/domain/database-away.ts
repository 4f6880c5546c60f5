/** Failures that say nothing of the request: the database cannot be reached, went away, or is not ready yet. */

/** SQLSTATEs (PostgreSQL, appendix A): connection exceptions; shut down by its keeper, after a crash, starting. */
const STATES = /^(08[0-9A-Z]{3}|57P0[123])$/
/** What the system says of a connection that cannot be made, or that broke. */
const SYSTEM: readonly string[] = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]
/** What pg says, without a code, of queries over a connection that broke. */
const WORDS = /^(Connection terminated|Client has encountered a connection error|Client was closed)/

export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? STATES.test(code) || SYSTEM.includes(code) : WORDS.test(error.message)
}
