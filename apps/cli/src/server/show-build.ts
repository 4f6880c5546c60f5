/** A build in words. */
import { table } from '../output.ts'
import type { Schema } from './client.ts'

const STATES = ['built', 'cached', 'failed', 'blocked', 'cancelled', 'running', 'queued', 'ready', 'waiting'] as const

export const countsLine = (counts: Schema['Counts']): string =>
  STATES.flatMap((state) => (counts[state] > 0 ? [`${counts[state]} ${state}`] : [])).join(', ') || 'nothing planned'

export const requestLine = ({ stage, linkage, targetLinkage, surface, mode, toolchain, overlays }: Schema['ResolvedRequest']): string =>
  [stage, linkage.join('+'), `target ${targetLinkage}`, `surface ${surface}`, mode, toolchain, ...overlays].join(' · ')

export const buildRow = (build: Schema['Build']): (string | number)[] => [
  build.id,
  build.state,
  requestLine(build.request),
  `${build.counts.total} units`,
  countsLine(build.counts),
]

const seconds = (milliseconds: number): number => Math.ceil(milliseconds / 1000)

const leftText = (left: Schema['BuildDetail']['left']): string =>
  left === undefined ? 'no estimate yet' : `${seconds(left.least)} to ${seconds(left.most)} s, predicted`

export function buildText(build: Schema['BuildDetail']): string {
  const head = table([
    ['build', build.id],
    ['request', requestLine(build.request)],
    ['state', build.state],
    ['units', `${build.counts.total}: ${countsLine(build.counts)}`],
    ...(build.state === 'running' ? [['left', leftText(build.left)]] : []),
  ])
  const running = build.running.map(({ name, worker }) => ['▸', name, worker ?? ''])
  const blockers = build.blockers.map(({ state, name, linkage, blocks, gap, message }) => [
    state === 'failed' ? '✗' : '⊘',
    name,
    linkage ?? '',
    `blocks ${blocks}`,
    gap ? `${gap.component} ${gap.kind} ${gap.name}` : (message ?? ''),
  ])
  return [head, table(running), table(blockers)].filter(Boolean).join('\n')
}
