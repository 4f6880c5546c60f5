import type { Abi } from './layout.ts'
import { redox } from './redox.ts'

/** x86_64-unknown-redox before relibc's own threads of 2023: pthreads-emb, whose objects are pointers (crate libc 0.2.126, unix/redox/mod.rs). */
export const redox2019: Abi = {
  ...redox,
  pthread: { ...redox.pthread, pointers: true, kinds: { recursive: 1, errorcheck: 2 } },
}
