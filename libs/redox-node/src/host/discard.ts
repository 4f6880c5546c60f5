import { rmSync } from 'node:fs'

/** Removes what may be there; what cannot be removed was not made by us, or stays. */
export function discard(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {
    // Nothing depends on it.
  }
}
