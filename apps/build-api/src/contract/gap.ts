/** Gaps: what is missing, who met it, what it holds up. */
import { COMPONENTS, GAP_KINDS, TRUTHS } from '@bootgraph/build-graph'
import { Type } from 'typebox'
import { Count, fields, Id, Linkage, oneOf, Page, paged, shape, someOf, Time, Word } from './common.ts'
import { operation } from './operation.ts'
import { gapMembers, Truth } from './unit-shape.ts'

const tag = 'gaps'
const GapState = oneOf(['open', 'closed'] as const)
export const Gap = shape('Gap', {
  key: Type.String(),
  ...gapMembers,
  name: Type.String(),
  state: GapState,
  firstSeen: Time,
  lastSeen: Time,
  closedAt: Type.Optional(Time),
  units: Type.Integer({ minimum: 0, description: 'units of the newest builds that met it' }),
  stops: Type.Integer({ minimum: 0, description: 'of these, units that it stopped' }),
  blocks: Type.Integer({ minimum: 0, description: 'distinct units stopped by it or behind one that is' }),
  freesAlone: Type.Integer({ minimum: 0, description: 'of these, units that no other gap holds up' }),
  rungs: Type.Array(Type.String()),
  linkages: Type.Array(Linkage),
  called: Type.Boolean({ description: 'false: only imported, never called' }),
  closesAt: Type.Optional(Type.String({ description: 'first surface date that has it' })),
  surfaces: Type.Array(Type.String()),
})
const key = fields({ ...gapMembers, name: Type.String({ minLength: 1, maxLength: 1024 }) })

export const listGaps = operation({
  id: 'listGaps',
  method: 'GET',
  url: '/gaps',
  tag,
  summary: 'gaps, those that block most first',
  scope: 'read',
  query: fields({
    ...Page,
    truth: Type.Optional(someOf(TRUTHS)),
    component: Type.Optional(someOf(COMPONENTS)),
    kind: Type.Optional(someOf(GAP_KINDS)),
    state: Type.Optional(GapState),
    surface: Type.Optional(Word),
    linkage: Type.Optional(Linkage),
    build: Type.Optional(Id),
    q: Type.Optional(Word),
    sort: Type.Optional(oneOf(['blocks', 'name', 'firstSeen', 'lastSeen'] as const)),
  }),
  answer: paged('Gaps', Gap),
})
export const summariseGaps = operation({
  id: 'summariseGaps',
  method: 'GET',
  url: '/gaps/summary',
  tag,
  summary: 'how many gaps there are, by truth and by state; and how many distinct units they block',
  scope: 'read',
  answer: shape('GapSummary', {
    byTruth: Type.Array(shape('TruthCount', { truth: Truth, open: Count, closed: Count })),
    unitsBlocked: Count,
  }),
})
export const showGap = operation({
  id: 'showGap',
  method: 'GET',
  url: '/gaps/:truth/:component/:kind/:name',
  tag,
  summary: 'one gap with the history of its name in relibc',
  scope: 'read',
  params: key,
  answer: shape('GapDetail', {
    gap: Gap,
    history: Type.Array(shape('SymbolChange', { date: Type.String(), status: Type.String() })),
    blocked: Type.Array(shape('BlockedUnit', { build: Id, unit: Id, name: Type.String(), by: oneOf(['stopped', 'behind'] as const) })),
  }),
  problems: [404],
})
export const listOccurrences = operation({
  id: 'listOccurrences',
  method: 'GET',
  url: '/gaps/:truth/:component/:kind/:name/occurrences',
  tag,
  summary: 'who met a gap, newest first',
  scope: 'read',
  params: key,
  query: fields({ ...Page, build: Type.Optional(Id), unit: Type.Optional(Id) }),
  answer: paged(
    'Occurrences',
    shape('Occurrence', {
      id: Type.Integer(),
      build: Id,
      unit: Id,
      attempt: Count,
      surface: Type.String(),
      seenAt: Time,
      found: Type.String(),
      symbol: Type.String(),
      module: Type.String(),
      caller: Type.Optional(Type.String()),
      count: Count,
      detail: Type.Optional(Type.String()),
      stack: Type.Optional(Type.Array(Type.String())),
    }),
  ),
  problems: [404],
})
