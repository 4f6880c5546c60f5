/** A program as one static image: ours, made of a dynamic executable and its libraries, or one that a linker made with libc.a. */
import type { LinkMapEntry } from '@bootgraph/build-graph'
import type { Cpu } from '@bootgraph/cpu'
import type { Co, Context, Process } from '@bootgraph/kernel'
import {
  ehFrameHdrOf,
  type LoaderFile,
  type LoaderPort,
  type MissingSymbol,
  planLink,
  readStaticImage,
  type StaticImageFile,
  StaticProgram,
} from '@bootgraph/ld-so'
import { faultText } from '@bootgraph/ld-so/elf'
import { gateCode } from '@bootgraph/relibc/output'
import type { Demand } from './demand.ts'
import type { LoadResult } from './dynamic.ts'
import { type HostedOptions, type Linkage, prepareStack, stackGuard, startHosted } from './hosted.ts'
import { announceCode, loaderPort, OBJECTS } from './loader-port.ts'
import type { MissingGates } from './missing-gates.ts'
import { searchPaths } from './search-paths.ts'
import { type ImageStore, staticImage } from './static-link.ts'
import { staticLinkerPort } from './static-linker-port.ts'

export interface StaticOptions extends HostedOptions {
  readonly demand: Demand
  readonly functions: MissingGates
  readonly store: ImageStore
  readonly libc: LoaderFile
  /** As `LoaderPort.withheld`. */
  withheld(name: string, object: string): boolean
  /** Lines about what is linked and started. */
  trace?(line: string): void
  /** What decides a link besides its inputs. */
  readonly decides: readonly string[]
}

/** Links a dynamic executable with all it needs, or takes the image that an equal link left. */
export function linkProgram(
  options: StaticOptions,
  cx: Context,
  path: string,
  envp: readonly Uint8Array[],
): { readonly ok: true; readonly image: StaticImageFile } | { readonly ok: false; readonly message: string } {
  const { demand, libc, withheld } = options
  const port = portOf(options, cx)
  const file = port.open(path)
  if (file === undefined) return { ok: false, message: `${path}: cannot be read` }
  const plan = planLink(port, file, { ...searchPaths(envp, libc), base: OBJECTS })
  const missing = (symbol: MissingSymbol): ReturnType<typeof demand.standIn> => {
    const kind = demand.standIn(symbol)
    // What stops the link is told here; what does not, an image says of itself, also when it comes from an earlier link.
    if (kind === 'fail') demand.missing(symbol, 'link')
    return kind
  }
  const linked = plan.ok ? staticImage(options.store, plan.value, options.decides, { missing, withheld, gateCode }) : plan
  if (!linked.ok)
    return { ok: false, message: `link: ${linked.errors[0]}${linked.errors.length > 1 ? ` (and ${linked.errors.length - 1} more)` : ''}` }
  const image = readStaticImage(linked.value)
  return image.ok ? { ok: true, image: image.value } : { ok: false, message: faultText(image.error) }
}

export function* loadStatic(
  options: StaticOptions,
  cx: Context,
  image: StaticImageFile,
  path: string,
  argv: readonly Uint8Array[],
  envp: readonly Uint8Array[],
): Co<LoadResult> {
  const { kernel, demand, functions } = options
  if (!prepareStack(options, cx)) return { ok: false, message: `${path}: no memory for its stack` }
  const program = new StaticProgram(portOf(options, cx), image, { tcbSize: 0x1000, surplus: 0, stackGuard: stackGuard(kernel) })
  tellOf(image, path, options.trace)
  if (!program.map()) return { ok: false, message: `${path}: its addresses are not free` }
  for (const { path: module, made, imports } of image.manifest?.inputs ?? [])
    if (!made) for (const name of imports.strong) demand.imported(module, name, 'link')
  for (const { name, requester } of image.manifest?.missing ?? []) {
    demand.missing({ name, requester, weak: false }, 'link')
    functions.name(name)
  }
  const { loads } = image.outline
  announceCode(cx.process.cpu, {
    path,
    digest: image.file.digest,
    base: 0,
    start: Math.min(...loads.map(({ vaddr }) => vaddr)),
    end: Math.max(...loads.map(({ vaddr, memsz }) => vaddr + memsz)),
    ehFrameHdr: ehFrameHdrOf(image),
  })
  yield* program.bind()
  const linkage = (own: StaticProgram, gates: MissingGates, cpu: Cpu): Linkage => ({
    functions: gates,
    object: (name) => own.addressOf(name),
    linker: staticLinkerPort(own, path, cpu, (wanted) => demand.dlopenInStaticImage(path, wanted)),
    forked: (child: Process) => linkage(own.fork(portOf(options, child.contexts[0])), gates.fork(), child.cpu),
  })
  const wrong = yield* startHosted(options, cx, {
    path,
    argv,
    envp,
    entry: program.entry,
    headers: program.headers,
    tls: program.tls,
    linkage: () => linkage(program, functions, cx.process.cpu),
    initialise: (args) => program.initialise(args),
  })
  return wrong === undefined ? { ok: true, linkMap: linkMapOf(image, path) } : { ok: false, message: wrong }
}

function tellOf(image: StaticImageFile, path: string, trace: StaticOptions['trace']): void {
  const { file, manifest } = image
  trace?.(
    `link image("${path}") = ${manifest ? 'made of' : 'a static program of'} ${manifest?.inputs.length ?? 1} files, ${file.size} bytes`,
  )
  for (const input of manifest?.inputs ?? []) trace?.(`link input("${input.path}") = 0x${input.base.toString(16)}`)
  for (const { name, requester } of manifest?.missing ?? []) trace?.(`link missing("${name}", "${requester}")`)
}

/** The image, then what it was made of. */
function linkMapOf({ file, manifest }: StaticImageFile, path: string): LinkMapEntry[] {
  const inputs = manifest?.inputs ?? []
  return [
    { path, digest: file.digest, base: 0, origin: manifest ? 'made' : 'file' },
    ...inputs.map(
      (input): LinkMapEntry => ({ path: input.path, digest: input.digest, base: input.base, origin: input.made ? 'made' : 'file' }),
    ),
  ]
}

/** Start code of a static image asks for no name and no ability. */
const portOf = ({ kernel }: StaticOptions, cx: Context): LoaderPort =>
  loaderPort(kernel, cx, { missing: () => 'fail', ability: () => true, hasAbility: () => true })
