import { Link } from '@tanstack/react-router'
import type { Schema } from '../api/client.ts'
import { visible } from '../format.ts'
import { GapLink } from './gap-link.tsx'

/** Why it is in its state, where that is not plain: no unit is left without a reason. */
export function UnitReason({ unit: { build, gap, blockedBy, blockedByName, message } }: { unit: Schema['Unit'] }) {
  if (gap) return <GapLink gap={gap} />
  if (blockedBy)
    return (
      <>
        behind{' '}
        <Link to="/builds/$build/units/$unit" params={{ build, unit: blockedBy }}>
          {visible(blockedByName ?? blockedBy)}
        </Link>
      </>
    )
  return message === undefined ? null : visible(message)
}
