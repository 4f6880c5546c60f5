import type { Schema } from '../../api/client.ts'
import { Facts } from '../../components/facts.tsx'
import { count, noun, took } from '../../format.ts'

/** A dry run in words. */
export function Plan({ plan: { total, cached, unavailable, expected, request } }: { plan: Schema['PlannedBuild'] }) {
  return (
    <>
      <p>
        <b>{noun(total, 'unit')}</b> = {count(cached)} cached + {count(total - cached - unavailable)} to run
        {unavailable > 0 && ` + ${count(unavailable)} that nothing can run yet`}
      </p>
      <Facts
        rows={[
          ['longest path', `about ${took(expected)}`],
          ['surface', request.surface],
          ['mode', request.mode],
          ['compiler', request.linkage.join(' and ')],
          ['target linkage', request.targetLinkage],
          ['toolchain', request.toolchain],
          ['overlays', request.overlays.join(', ') || 'none'],
        ]}
      />
    </>
  )
}
