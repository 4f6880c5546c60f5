/** The node image as units: one bundle a room of the machine, and the image on them. They are made before a plan exists. */
import type { UnitPlan } from '@bootgraph/build-graph'
import type { PlanContext } from './drafts.ts'

/** What each room's bundle is built on; the same arrows as the workspace's. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  cpu: [],
  'ld-so': [],
  kernel: ['cpu'],
  drivers: ['kernel'],
  relibc: ['kernel', 'cpu', 'ld-so'],
  'redox-node': ['cpu', 'kernel', 'drivers', 'ld-so', 'relibc'],
}

export const IMAGE_UNIT = 'image'

export function imageUnits({ inputs }: PlanContext): UnitPlan[] {
  const common = { stage: 'image', kind: 'image', expected: 0 } as const
  const bundles = Object.entries(inputs.bundles ?? {}).map(([room, made]) => ({
    ...common,
    id: `image-${room}`,
    name: `${room} (bundle)`,
    needs: (NEEDS[room] ?? []).filter((other) => inputs.bundles?.[other] !== undefined).map((other) => `image-${other}`),
    made,
  }))
  return [...bundles, { ...common, id: IMAGE_UNIT, name: 'node image', needs: bundles.map(({ id }) => id), made: inputs.image }]
}
