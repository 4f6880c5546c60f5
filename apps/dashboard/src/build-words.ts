/** A build in words, from its one consistent set of counts. Pure. */
import type { LinkProps } from '@tanstack/react-router'
import type { Schema } from './api/client.ts'
import type { Part } from './components/equation.tsx'
import { count, share } from './format.ts'
import { commandLine } from './shell-quote.ts'

type Build = Pick<Schema['Build'], 'id' | 'state' | 'counts' | 'request'>
type Counts = Schema['Counts']

/** In the order in which they are read: what is done, what went wrong, what is left. */
const ENDED = ['built', 'cached', 'failed', 'blocked', 'cancelled'] as const
const LEFT = ['running', 'queued', 'ready', 'waiting'] as const

export const left = (counts: Counts): number => LEFT.reduce((sum, state) => sum + counts[state], 0)
export const passed = (counts: Counts): number => counts.built + counts.cached

/**
 * The addends of the build's equation. States that nothing is in are left out, except those that a reader looks for, and those
 * of a build that runs: what comes and goes would move the rest.
 */
export function countParts({ id, state: buildState, counts }: Build): Part[] {
  const to = (state: string): LinkProps => ({ to: '/builds/$build/units', params: { build: id }, search: { state } })
  const always = new Set(['built', 'cached', 'failed', 'blocked'])
  return [
    ...ENDED.filter((state) => counts[state] > 0 || always.has(state)).map((state) => ({ state, n: counts[state], to: to(state) })),
    ...LEFT.filter((state) => counts[state] > 0 || buildState === 'running').map((state) => ({
      state,
      n: counts[state],
      to: to(state),
      left: true,
    })),
  ]
}

/** One sentence: what came of it, or how far it is. */
export function verdict({ state, counts }: Build): string {
  const bad = [
    counts.failed > 0 && `${count(counts.failed)} failed`,
    counts.blocked > 0 && `${count(counts.blocked)} blocked`,
    counts.cancelled > 0 && `${count(counts.cancelled)} cancelled`,
  ].filter((text) => text !== false)
  const done = counts.total - left(counts)
  if (state === 'running') return [...bad, `running, ${share(done, counts.total)}`].join(', ')
  if (state === 'cancelled')
    return ['cancelled', ...bad.filter((text) => !text.endsWith('cancelled')), `${count(passed(counts))} passed`].join(', ')
  if (bad.length > 0) return [...bad, `${count(passed(counts))} passed`].join(', ')
  return counts.built === 0 ? `all ${count(counts.total)} passed from the cache` : `all ${count(counts.total)} passed`
}

/** The state that a build is shown in: one that ended with failures is no success. */
export function buildLook({ state, counts }: Build): string {
  if (state !== 'ended') return state
  return counts.failed > 0 ? 'failed' : counts.blocked > 0 ? 'blocked' : counts.built === 0 && counts.cached > 0 ? 'cached' : 'built'
}

/** What a retry of the build would run again; undefined where that is nothing. */
export function againWords({ failed, cancelled }: Pick<Counts, 'failed' | 'cancelled'>): string | undefined {
  return failed + cancelled > 0 ? `Retry the ${count(failed + cancelled)} that ${failed > 0 ? 'failed' : 'were cancelled'}` : undefined
}

/** Builds are named by the first digits of their id. */
export const buildName = (id: string): string => `Build ${id.slice(0, 8)}`

/** What was asked for, in the words of the command line. */
export function choices(request: Schema['ResolvedRequest']): string[] {
  return [
    request.stage,
    `${request.linkage.join(' and ')} compiler`,
    `${request.targetLinkage} target`,
    `surface ${request.surface}`,
    request.mode,
    ...request.overlays.map((overlay) => `overlay ${overlay}`),
  ]
}

/** The same build as a command line. What is left open is what the server would choose; only of linkages the command's own choice is another. */
export function buildCommand(request: Partial<Schema['ResolvedRequest']> & Pick<Schema['ResolvedRequest'], 'stage'>): string {
  const { stage, rungs = [], linkage = [], targetLinkage, surface, mode, toolchain, overlays, seed } = request
  const option = (name: string, ...values: readonly string[]) => [`--${name}`, ...values]
  return commandLine([
    'bootgraph',
    'build',
    stage,
    ...(rungs.length > 0 ? option('rung', ...rungs) : []),
    ...option('linkage', linkage.length === 1 ? linkage[0]! : 'both'),
    ...(targetLinkage ? option('target-linkage', targetLinkage) : []),
    ...(surface ? option('surface', surface) : []),
    ...(mode ? option('mode', mode) : []),
    ...(toolchain ? option('toolchain', toolchain) : []),
    ...(overlays ? option('overlay', ...(overlays.length > 0 ? overlays : ['none'])) : []),
    ...(seed ? option('seed', String(seed)) : []),
  ])
}
