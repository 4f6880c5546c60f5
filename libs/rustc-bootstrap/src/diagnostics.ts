/**
 * What rustc said, read from its JSON diagnostics. A resolution error whose path or type is in crate `libc` is a declaration that
 * Redox's libc lacks; a crate type that the target cannot have, where its file was to be made, is an ability that the target
 * lacks. Everything else is an error of the code and shown as it is.
 */
import type { Gap } from '@bootgraph/build-graph'

export interface Diagnostic {
  readonly level: string
  /** E0425, or a lint's name; undefined for plain sentences. */
  readonly code?: string
  readonly message: string
  /** Where, by file and line; the first primary span. */
  readonly place?: { readonly file: string; readonly line: number }
  /** As rustc shows it to people. */
  readonly rendered: string
}

/** Names not found: value, pattern (unit or tuple), type, item in a module, import. */
const RESOLUTION = new Set(['E0425', 'E0531', 'E0573', 'E0412', 'E0432', 'E0433', 'E0422', 'E0532'])

/** stderr of a rustc with `--error-format=json`; lines that are no diagnostic mean nothing here. */
export function readDiagnostics(stderr: string): Diagnostic[] {
  return stderr.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return []
    const said = parsed(line)
    if (said === undefined || typeof said.message !== 'string' || typeof said.level !== 'string') return []
    const span = said.spans?.find(({ is_primary }) => is_primary)
    return [
      {
        level: said.level,
        ...(said.code?.code ? { code: said.code.code } : {}),
        message: said.message,
        ...(span ? { place: { file: span.file_name, line: span.line_start } } : {}),
        rendered: said.rendered ?? said.message,
      },
    ]
  })
}

interface Span {
  readonly is_primary: boolean
  readonly file_name: string
  readonly line_start: number
}

interface Said {
  readonly message?: unknown
  readonly level?: unknown
  readonly code?: { readonly code: string } | null
  readonly spans?: readonly Span[]
  readonly rendered?: string | null
}

function parsed(line: string): Said | undefined {
  try {
    return JSON.parse(line) as Said
  } catch {
    return undefined
  }
}

/** What a compilation lacked. @param missingOutputs declared outputs that it did not make, as guest paths. */
export function diagnosticGaps(diagnostics: readonly Diagnostic[], missingOutputs: readonly string[]): Gap[] {
  const found = new Map<string, Gap>()
  for (const diagnostic of diagnostics) {
    const gap = declarationGap(diagnostic) ?? targetGap(diagnostic, missingOutputs)
    if (!gap) continue
    const before = found.get(gap.name)
    found.set(gap.name, before ? { ...before, occurrences: [...before.occurrences, ...gap.occurrences] } : gap)
  }
  return [...found.values()]
}

function declarationGap({ level, code, message, place }: Diagnostic): Gap | undefined {
  if (level !== 'error' || code === undefined || !RESOLUTION.has(code) || !place) return undefined
  // "cannot find value `X` in crate `libc`", or, where the name is found as something else, "found function `libc::X`".
  const [, name] = /`(\w+)` in (?:crate `libc`|module `libc::)/.exec(message) ?? /`libc::(?:\w+::)*(\w+)`/.exec(message) ?? []
  if (name === undefined) return undefined
  const occurrence = {
    found: 'compile',
    symbol: `libc::${name}`,
    module: place.file,
    caller: `${place.file}:${place.line}`,
    count: 1,
    detail: message,
  } as const
  return { truth: 'upstream', component: 'libc-crate', kind: 'declaration-missing', name, occurrences: [occurrence] }
}

const EXTENSION: Readonly<Record<string, string>> = { dylib: '.so', cdylib: '.so', 'proc-macro': '.so' }

function targetGap({ level, message }: Diagnostic, missingOutputs: readonly string[]): Gap | undefined {
  const [, type, target] = /^dropping unsupported crate type `([\w-]+)` for target `([\w-]+)`/.exec(message) ?? []
  if (level !== 'warning' || type === undefined || target === undefined) return undefined
  const output = missingOutputs.find((path) => path.endsWith(EXTENSION[type] ?? ' '))
  if (output === undefined) return undefined
  const occurrence = { found: 'compile', symbol: type, module: output, count: 1, detail: message } as const
  return { truth: 'upstream', component: 'target', kind: 'target-ability', name: `${type} for ${target}`, occurrences: [occurrence] }
}

/** The first lines that people need of a failed compilation. */
export function firstError(diagnostics: readonly Diagnostic[]): string | undefined {
  const error = diagnostics.find(({ level }) => level === 'error' || level === 'error: internal compiler error')
  if (!error) return undefined
  const code = error.code === undefined ? '' : `[${error.code}]`
  return `error${code}: ${error.message}${error.place ? ` (${error.place.file}:${error.place.line})` : ''}`
}
