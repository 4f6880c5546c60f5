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
  /** Guest addresses of its dynamic symbol and string tables, which stay in the image. */
  readonly symtab: number
  readonly strtab: number
  readonly strtabEnd: number
  /** Names that it takes from others, by whether it can do without. */
  readonly imports: { readonly strong: readonly string[]; readonly weak: readonly string[] }
}

export interface LinkManifest {
  readonly inputs: readonly LinkedInput[]
  /** Names that nothing defines and that something made stands for; once for each object that asks. */
  readonly missing: readonly { readonly name: string; readonly requester: string }[]
}

export const writeManifest = (manifest: LinkManifest): Uint8Array => new TextEncoder().encode(JSON.stringify(manifest))

/** undefined for what is no manifest. */
export function readManifest(bytes: Uint8Array): LinkManifest | undefined {
  let found: unknown
  try {
    found = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
  const { inputs, missing } = (found ?? {}) as Partial<Record<keyof LinkManifest, unknown>>
  return isList(inputs, isInput) && isList(missing, isMissing) ? { inputs, missing } : undefined
}

const isList = <T>(value: unknown, of: (each: unknown) => each is T): value is T[] => Array.isArray(value) && value.every(of)
const isText = (value: unknown): value is string => typeof value === 'string'
const has = (value: unknown, shape: Readonly<Record<string, string>>): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(shape).every(([key, type]) => typeof (value as Record<string, unknown>)[key] === type)

const PLACES = ['base', 'start', 'end', 'ehFrameHdr', 'symtab', 'strtab', 'strtabEnd']
const INPUT = { path: 'string', digest: 'string', made: 'boolean', ...Object.fromEntries(PLACES.map((name) => [name, 'number'])) }

function isInput(value: unknown): value is LinkedInput {
  const { imports } = (value ?? {}) as { imports?: { strong?: unknown; weak?: unknown } | null }
  return has(value, INPUT) && isList(imports?.strong, isText) && isList(imports?.weak, isText)
}
const isMissing = (value: unknown): value is LinkManifest['missing'][number] => has(value, { name: 'string', requester: 'string' })
