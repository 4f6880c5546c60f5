/** Where the thread of `executor.ts` begins: tsx, which reads the sources, leaves threads other than the first to themselves. */
import { register } from 'tsx/esm/api'

register()
await import('./executor-thread.ts')
