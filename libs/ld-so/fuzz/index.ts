/** `npm run fuzz -- ld-so`: as many mutated files for each reader, linker and start code as cases are asked for. */
import { originals, surviveMutation, TARGETS } from '../test/mutation.ts'

/** A single small file never needs more: what does is as good as a hang. */
const LIMIT_MS = 5000

export default function fuzz({ seed, cases }: { readonly seed: number; readonly cases: number }): number {
  const files = originals()
  for (const target of Object.keys(TARGETS)) {
    const { accepted, refused, longest } = surviveMutation(target, files, cases, seed)
    console.log(`${target}: ${accepted} accepted, ${refused} refused, longest ${longest.toFixed(0)} ms`)
    if (longest > LIMIT_MS) throw new Error(`${target}: a case took ${longest.toFixed(0)} ms`)
  }
  return cases * Object.keys(TARGETS).length
}
