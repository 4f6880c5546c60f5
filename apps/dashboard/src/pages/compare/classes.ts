import type { Schema } from '../../api/client.ts'

/** The parts of the union of two builds, in the order in which they matter. */
export const CLASSES: readonly { readonly id: Schema['ComparedUnit']['class']; readonly word: string }[] = [
  { id: 'newly-failing', word: 'newly failing' },
  { id: 'newly-passing', word: 'newly passing' },
  { id: 'still-failing', word: 'still failing' },
  { id: 'still-passing', word: 'still passing' },
  { id: 'not-run', word: 'not run on one side or both' },
  { id: 'only-a', word: 'only in A' },
  { id: 'only-b', word: 'only in B' },
]
