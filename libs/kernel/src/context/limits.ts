import { MAX_FILES } from './file.ts'

/** Numbers of resources that the kernel looks at (asm-generic/resource.h); the others are only kept. */
export const Resource = { cpu: 0, fsize: 1, stack: 3, nofile: 7, as: 9, sigpending: 11 } as const

export const UNLIMITED = 0xffff_ffff_ffff_ffffn

export interface Limit {
  readonly soft: bigint
  readonly hard: bigint
}

const NONE: Limit = { soft: UNLIMITED, hard: UNLIMITED }
const both = (value: bigint): Limit => ({ soft: value, hard: value })

/**
 * Limits of the first process, by number: CPU, FSIZE, DATA, STACK, CORE, RSS, NPROC, NOFILE, MEMLOCK, AS, LOCKS, SIGPENDING, MSGQUEUE, NICE,
 * RTPRIO, RTTIME. A child has its parent's, and they stay over exec.
 */
export const FIRST_LIMITS: readonly Limit[] = [
  ...[NONE, NONE, NONE],
  { soft: 8n << 20n, hard: UNLIMITED },
  { soft: 0n, hard: UNLIMITED },
  NONE,
  both(4096n),
  both(BigInt(MAX_FILES)),
  both(8n << 20n),
  ...[NONE, NONE],
  both(4096n),
  both(819_200n),
  ...[both(0n), both(0n)],
  NONE,
]

/** The soft limit as a number, Infinity for none. */
export function softLimit({ limits }: { readonly limits: readonly Limit[] }, resource: number): number {
  const { soft } = limits[resource]
  return soft === UNLIMITED ? Number.POSITIVE_INFINITY : Number(soft)
}
