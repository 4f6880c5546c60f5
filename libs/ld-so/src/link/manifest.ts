/** What a static image says of itself, in a section of its own: what it was made of, and which names had no definition. */
export const MANIFEST_SECTION = '.bootgraph.link'

export interface LinkedInput {
  readonly path: string
  readonly digest: string
  /** Made for this link (the C library), not a file of the guest. */
  readonly made: boolean
  readonly base: number
  /** Extent in the image, [start, end). */
  readonly start: number
  readonly end: number
  /** Guest address of its own `.eh_frame_hdr`, which stays in the image; 0 without one. */
  readonly ehFrameHdr: number
  /** Names that it takes from others, by whether it can do without. */
  readonly imports: { readonly strong: readonly string[]; readonly weak: readonly string[] }
}

export interface LinkManifest {
  readonly inputs: readonly LinkedInput[]
  /** Names that nothing defines and that something made stands for; once for each object that asks. */
  readonly missing: readonly { readonly name: string; readonly requester: string }[]
}

export const writeManifest = (manifest: LinkManifest): Uint8Array => new TextEncoder().encode(JSON.stringify(manifest))
export const readManifest = (bytes: Uint8Array): LinkManifest => JSON.parse(new TextDecoder().decode(bytes)) as LinkManifest
