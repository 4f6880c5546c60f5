/**
 * How a translated function is left in its middle. It brings the registers that are newer than memory there, flags to the shadow block, and stores a
 * site: one number for the guest address and for the way out, which says what flags there are and how it goes on (`run/translator.ts`).
 */

export interface LandingGroup {
  /** Flags, as in `Effects`, that the shadow block has. */
  readonly flags: number
  /** The engine goes on with the site's instruction (`here`: by the interpreter, whatever is translated there) or with the one that it branches to. */
  readonly goes: 'here' | 'on' | 'target'
}
interface Extent {
  readonly start: number
  readonly end: number
}

/** Sites lie in the function or right behind its last instruction. */
const span = ({ start, end }: Extent): number => end - start + 16

export const siteOf = (fn: Extent, group: number, rip: number): number => group * span(fn) + rip - fn.start

export const siteAt = (fn: Extent, site: number): { readonly group: number; readonly rip: number } => ({
  group: Math.floor(site / span(fn)),
  rip: fn.start + (site % span(fn)),
})
