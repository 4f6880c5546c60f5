/** Units and attempts as every answer that names them shows them. */
import { COMPONENTS, GAP_KINDS, TRUTHS } from '@bootgraph/build-graph'
import { Type } from 'typebox'
import { Count, Digest, Id, Linkage, Milliseconds, oneOf, shape, Time } from './common.ts'

export const UNIT_STATES = ['waiting', 'ready', 'queued', 'running', 'built', 'cached', 'failed', 'blocked', 'cancelled'] as const
export const UnitState = oneOf(UNIT_STATES)
export const AttemptState = oneOf(['queued', 'running', 'succeeded', 'failed', 'lost', 'cancelled'] as const)
export const Truth = oneOf(TRUTHS)
/** What makes gaps one and the same, except the name. */
export const gapMembers = { truth: Truth, component: oneOf(COMPONENTS), kind: oneOf(GAP_KINDS) }
export const GapRef = shape('GapRef', { key: Type.String(), ...gapMembers, name: Type.String() })

export const unitMembers = {
  build: Id,
  id: Id,
  name: Type.String(),
  stage: Type.String(),
  kind: Type.String(),
  linkage: Type.Optional(Linkage),
  rung: Type.Optional(Type.String()),
  state: UnitState,
  attempt: Count,
  action: Type.Optional(Digest),
  expected: Milliseconds,
  startedAt: Type.Optional(Time),
  endedAt: Type.Optional(Time),
  milliseconds: Type.Optional(Type.Number({ minimum: 0, description: 'of the last attempt, or of the run that the cached result is of' })),
  message: Type.Optional(Type.String({ description: 'why it is not good, one line' })),
  gap: Type.Optional(GapRef),
  blockedBy: Type.Optional(Id),
  blockedByName: Type.Optional(Type.String()),
  blocks: Count,
}
export const Unit = shape('Unit', unitMembers)

const Log = shape('LogSize', { stream: oneOf(['stdout', 'stderr'] as const), size: Count, complete: Type.Boolean() })
export const Attempt = shape('Attempt', {
  number: Type.Integer({ minimum: 1 }),
  action: Digest,
  state: AttemptState,
  cached: Type.Boolean(),
  worker: Type.Optional(Type.String()),
  stages: Type.Record(Type.String(), Type.Number(), {
    description: 'milliseconds since the epoch by stage: queued, taken, started, ended, reported',
  }),
  error: Type.Optional(Type.String()),
  exit: Type.Optional(
    shape('Exit', {
      reason: Type.String(),
      code: Type.Integer(),
      signal: Type.Optional(Type.Integer()),
      message: Type.Optional(Type.String()),
    }),
  ),
  outputs: Type.Optional(Digest),
  missingOutputs: Type.Optional(Type.Array(Type.String())),
  fuel: Type.Optional(Type.Number()),
  measured: Type.Optional(shape('Measured', { peakMemory: Type.Number(), time: Type.Record(Type.String(), Type.Number()) })),
  logs: Type.Array(Log),
})
