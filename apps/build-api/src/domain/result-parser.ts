/** A result as a worker sends it: nothing of it is believed before it has passed here, and nothing unknown is let through. */
import {
  type ActionResult,
  type Component,
  type EndReason,
  type Gap,
  type GapKind,
  type GapOccurrence,
  isDigest,
  type Truth,
} from '@bootgraph/build-graph'

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string }

const REASONS = {
  exit: 1,
  signal: 1,
  budget: 1,
  timeout: 1,
  deadlock: 1,
  memory: 1,
  'not-found': 1,
  'not-executable': 1,
  refused: 1,
  gap: 1,
  defect: 1,
} as const satisfies Record<EndReason, 1>
const TRUTHS = { upstream: 1, model: 1, 'host-spelling': 1, 'host-only': 1 } as const satisfies Record<Truth, 1>
const COMPONENTS = {
  relibc: 1,
  'ld-so': 1,
  kernel: 1,
  driver: 1,
  'libc-crate': 1,
  target: 1,
  cpu: 1,
} as const satisfies Record<Component, 1>
const KINDS = {
  'symbol-missing': 1,
  'stub-called': 1,
  'behaviour-unsupported': 1,
  'relocation-unsupported': 1,
  'tls-model-unsupported': 1,
  'dlopen-in-static-image': 1,
  'ability-missing': 1,
  syscall: 1,
  'scheme-operation': 1,
  'declaration-missing': 1,
  'target-ability': 1,
  'instruction-unsupported': 1,
} as const satisfies Record<GapKind, 1>
const FOUND = { compile: 1, link: 1, load: 1, dlsym: 1, call: 1 } as const satisfies Record<GapOccurrence['found'], 1>

/** Most entries of any list in a result. */
const LIST_LIMIT = 20_000
/** Longest name, and longest free text, in UTF-16 units. */
const NAME_LIMIT = 1024
const TEXT_LIMIT = 64 * 1024

/** Checks that what was sent is exactly an ActionResult; the error names the first place that is not. */
export function parseActionResult(value: unknown): Parsed<ActionResult> {
  const fault = resultFault(value)
  return fault === undefined ? { ok: true, value: value as ActionResult } : { ok: false, error: fault }
}

type Check = (value: unknown, path: string) => string | undefined

const text =
  (limit: number, least = 0): Check =>
  (value, path) =>
    typeof value === 'string' && value.length >= least && value.length <= limit && value.isWellFormed() && !value.includes('\0')
      ? undefined
      : `${path} is no text of ${least} to ${limit} characters`
const name = text(NAME_LIMIT, 1)
const integer =
  (least: number, most = Number.MAX_SAFE_INTEGER): Check =>
  (value, path) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : `${path} is no whole number from ${least} to ${most}`
const oneOf =
  (words: Readonly<Record<string, 1>>): Check =>
  (value, path) =>
    typeof value === 'string' && Object.hasOwn(words, value) ? undefined : `${path} is none of ${Object.keys(words).join(', ')}`
const digest: Check = (value, path) =>
  typeof value === 'string' && isDigest(value) ? undefined : `${path} is no digest of 64 lower-case hex digits`
const listOf =
  (item: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value) || value.length > LIST_LIMIT) return `${path} is no list of at most ${LIST_LIMIT}`
    return first(value.map((entry, i) => () => item(entry, `${path}[${i}]`)))
  }
const optional =
  (check: Check): Check =>
  (value, path) =>
    value === undefined ? undefined : check(value, path)
const object =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    if (!isRecord(value)) return `${path} is no object`
    const unknown = Object.keys(value).find((key) => !Object.hasOwn(fields, key))
    if (unknown !== undefined) return `${path} has the unknown member ${JSON.stringify(unknown.slice(0, 80))}`
    return first(
      Object.entries(fields).map(
        ([key, check]) =>
          () =>
            check(value[key], `${path}.${key}`),
      ),
    )
  }

const milliseconds: Check = (value, path) => {
  if (!isRecord(value) || Object.keys(value).length > 100) return `${path} is no object of at most 100 phases`
  return first(
    Object.entries(value).map(([key, spent]) => () => {
      if (typeof spent !== 'number' || !Number.isFinite(spent) || spent < 0) return `${path} has a phase that is no number of milliseconds`
      return name(key, `${path}: a phase`)
    }),
  )
}

const occurrence = object({
  found: oneOf(FOUND),
  symbol: name,
  module: text(4096),
  caller: optional(text(NAME_LIMIT)),
  count: integer(0),
  detail: optional(text(TEXT_LIMIT)),
  stack: optional(listOf(text(4096))),
})

const gap = object({
  truth: oneOf(TRUTHS),
  component: oneOf(COMPONENTS),
  kind: oneOf(KINDS),
  name,
  occurrences: listOf(occurrence),
} satisfies Record<keyof Gap, Check>)

const resultFault = (value: unknown): string | undefined =>
  object({
    version: integer(1, 1),
    action: digest,
    exit: object({
      reason: oneOf(REASONS),
      code: integer(0, 255),
      signal: optional(integer(1, 64)),
      message: optional(text(TEXT_LIMIT)),
    }),
    outputs: optional(digest),
    missingOutputs: listOf(text(4096, 1)),
    stdout: digest,
    stderr: digest,
    gaps: listOf(gap),
    fuel: integer(0),
    measured: object({ peakMemory: integer(0), time: milliseconds }),
  } satisfies Record<keyof ActionResult, Check>)(value, 'result')

function first(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const fault = check()
    if (fault !== undefined) return fault
  }
  return undefined
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
