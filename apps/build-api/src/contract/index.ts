/** The whole HTTP contract, in the order in which the OpenAPI document shows it. */
import * as builds from './build.ts'
import * as fleet from './fleet.ts'
import * as gaps from './gap.ts'
import * as ladder from './ladder.ts'
import type { Operation } from './operation.ts'
import * as system from './system.ts'
import * as units from './unit.ts'

export const OPERATIONS: readonly Operation[] = [ladder, builds, units, gaps, fleet, system].flatMap((module) =>
  Object.values(module).filter((value): value is Operation => typeof value === 'object' && 'url' in value && 'method' in value),
)
