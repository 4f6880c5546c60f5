/** The ladder: how far each linkage gets, now and over time; and the dated surfaces. */
import { Type } from 'typebox'
import { AsOf, Count, Digest, fields, Id, Linkage, Milliseconds, Mode, oneOf, Page, SurfaceName, shape, Time, Word } from './common.ts'
import { operation } from './operation.ts'
import { GapRef } from './unit-shape.ts'

const tag = 'ladder'
const choice = { surface: Type.Optional(SurfaceName), mode: Type.Optional(Mode), toolchain: Type.Optional(Word), build: Type.Optional(Id) }
export const RungState = oneOf(['passed', 'failed', 'blocked', 'running', 'waiting', 'cancelled', 'not-applicable', 'not-run'] as const)
const Cell = shape('RungCell', {
  state: RungState,
  build: Type.Optional(Type.String({ ...Id, description: 'the newest that has steps of this rung; the units are its' })),
  cached: Type.Boolean(),
  units: Type.Array(Id),
  milliseconds: Type.Optional(Milliseconds),
  message: Type.Optional(Type.String()),
  gap: Type.Optional(GapRef),
  blockedBy: Type.Optional(Type.String({ description: 'the rung before it that is not good' })),
})
const Verdict = shape('Verdict', {
  linkage: Linkage,
  passed: Count,
  of: Type.Integer({ minimum: 0, description: 'rungs that have a meaning for this linkage' }),
  reached: Type.Optional(Type.String({ description: 'the highest rung that ran' })),
  stoppedBy: Type.Optional(GapRef),
  build: Id,
  measuredAt: Time,
  image: Digest,
})
export const showLadder = operation({
  id: 'showLadder',
  method: 'GET',
  url: '/ladder',
  tag,
  summary:
    'the rungs as the newest builds left them, both linkages side by side: one surface, mode and toolchain, those of the newest if not asked for',
  scope: 'read',
  query: fields(choice),
  answer: shape('Ladder', {
    asOf: AsOf,
    complete: Type.Boolean({ description: 'every planned rung of the newest ladder build of each linkage has ended' }),
    build: Type.Optional(Id),
    measuredAt: Type.Optional(Time),
    surface: Type.Optional(Type.String()),
    mode: Type.Optional(Mode),
    toolchain: Type.Optional(Type.String()),
    image: Type.Optional(Digest),
    currentImage: Type.Optional(Digest),
    verdicts: Type.Array(Verdict, { description: 'of each linkage that some build has' }),
    rungs: Type.Array(
      shape('Rung', {
        id: Type.String(),
        title: Type.String(),
        needs: Type.Array(Type.String()),
        command: Type.String(),
        static: Cell,
        dynamic: Cell,
      }),
    ),
  }),
  problems: [404],
})
export const ladderHistory = operation({
  id: 'ladderHistory',
  method: 'GET',
  url: '/ladder/history',
  tag,
  summary:
    'the score over time (axis build, of one surface) or over surface dates (axis surface: the newest builds of each), of one mode and toolchain',
  scope: 'read',
  query: fields({
    axis: Type.Optional(oneOf(['build', 'surface'] as const)),
    surface: choice.surface,
    mode: choice.mode,
    toolchain: choice.toolchain,
    limit: Page.limit,
  }),
  answer: shape('LadderHistory', {
    axis: oneOf(['build', 'surface'] as const),
    points: Type.Array(
      shape('LadderPoint', {
        build: Id,
        at: Time,
        surface: Type.String(),
        mode: Mode,
        image: Digest,
        complete: Type.Boolean(),
        verdicts: Type.Array(Verdict, { description: 'of the linkages that were asked for' }),
      }),
    ),
  }),
})
const Surface = shape('Surface', { date: Type.String(), commit: Type.String(), implemented: Count, stubs: Count })
export const listSurfaces = operation({
  id: 'listSurfaces',
  method: 'GET',
  url: '/surfaces',
  tag: 'surfaces',
  summary: 'dated surfaces of relibc, oldest first',
  scope: 'read',
  answer: shape('Surfaces', { surfaces: Type.Array(Surface) }),
})
export const showSurface = operation({
  id: 'showSurface',
  method: 'GET',
  url: '/surfaces/:date',
  tag: 'surfaces',
  summary: 'every symbol of a surface',
  scope: 'read',
  params: fields({ date: SurfaceName }),
  answer: shape('SurfaceDetail', {
    date: Type.String(),
    commit: Type.String(),
    symbols: Type.Array(shape('SurfaceSymbol', { name: Type.String(), kind: Type.String(), status: Type.String() })),
  }),
  problems: [404],
})
export const diffSurfaces = operation({
  id: 'diffSurfaces',
  method: 'GET',
  url: '/surfaces/:date/diff/:other',
  tag: 'surfaces',
  summary: 'what another date gained, lost or changed',
  scope: 'read',
  params: fields({ date: SurfaceName, other: SurfaceName }),
  answer: shape('SurfaceDiff', {
    from: Type.String(),
    to: Type.String(),
    changes: Type.Array(
      shape('SurfaceDifference', { name: Type.String(), before: Type.Optional(Type.String()), after: Type.Optional(Type.String()) }),
    ),
  }),
  problems: [404],
})
export const listToolchains = operation({
  id: 'listToolchains',
  method: 'GET',
  url: '/toolchains',
  tag: 'toolchains',
  summary: 'toolchains that are installed on the server',
  scope: 'read',
  answer: shape('Toolchains', {
    toolchains: Type.Array(
      shape('Toolchain', { name: Type.String(), title: Type.String(), kind: Type.String(), tree: Digest, files: Count, bytes: Count }),
    ),
  }),
})
