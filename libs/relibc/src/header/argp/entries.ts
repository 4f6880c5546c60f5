/** The options of an argp and of its children as the entries of a help text, in the order in which they are told (GNU C library manual, Argp Options). */
import type { LibcCall } from '../../registry/call.ts'
import { childrenOf, isAlias, isDocumentation, isShort, isVisible, type Option, optionsOf } from './structs.ts'

/** Children that stay together below a header. */
export interface Cluster {
  readonly header: string | undefined
  readonly index: number
  readonly group: number
  readonly parent: Cluster | undefined
  readonly argp: number
  readonly depth: number
}

/** An option with its aliases behind it. */
export interface Entry {
  readonly options: readonly Option[]
  /** Letters that no entry before has taken. */
  readonly letters: Set<number>
  readonly cluster: Cluster | undefined
  readonly argp: number
  group: number
}

/** Pairs of an option with the one that it is an alias of, by what can be seen of them. */
export const visible = (entry: Entry, kind: 'short' | 'long'): Option[] =>
  entry.options.filter(
    (option) => isVisible(option) && (kind === 'short' ? isShort(option) && entry.letters.has(option.key) : option.name !== undefined),
  )

function collect(c: LibcCall, argp: number, cluster: Cluster | undefined, taken: Set<number>, out: Entry[]): void {
  let group = 0
  for (const option of optionsOf(c, argp)) {
    let entry = out.at(-1)
    if (!isAlias(option) || entry === undefined || entry.argp !== argp) {
      if (option.group !== 0) group = option.group
      else if (option.name === undefined && option.key === 0) group++
      entry = { options: [], letters: new Set(), cluster, argp, group }
      out.push(entry)
    }
    ;(entry.options as Option[]).push(option)
    if (!isShort(option) || taken.has(option.key)) continue
    taken.add(option.key)
    entry.letters.add(option.key)
  }
  for (const [index, child] of childrenOf(c, argp).entries()) {
    const apart = child.group !== 0 || child.header !== undefined
    const depth = cluster === undefined ? 0 : cluster.depth + 1
    const own = apart ? { header: child.header, index, group: child.group, parent: cluster, argp, depth } : cluster
    collect(c, child.argp, own, taken, out)
  }
}

/** Positive groups come before negative ones. */
const byGroup = (a: number, b: number, equal: number): number => (a === b ? equal : a < 0 === b < 0 ? a - b : b - a)

function base(cluster: Cluster): Cluster {
  let at = cluster
  while (at.parent !== undefined) at = at.parent
  return at
}

const ancestors = (cluster: Cluster): Cluster[] => [...(cluster.parent === undefined ? [] : ancestors(cluster.parent)), cluster]

export const isBelow = (cluster: Cluster | undefined, above: Cluster): boolean =>
  cluster !== undefined && ancestors(cluster).includes(above)

function byCluster(a: Cluster, b: Cluster): number {
  const [left, right] = [ancestors(a), ancestors(b)]
  const at = left.findIndex((each, i) => each !== right[i])
  if (at < 0 || right[at] === undefined) return left.length - right.length
  return byGroup(left[at].group, right[at].group, right[at].index - left[at].index)
}

const lower = (code: number): number => (code >= 65 && code <= 90 ? code + 32 : code)

/** What an entry is sorted by; a text that is no option and does not look like one comes last. */
function sortKey(entry: Entry): { readonly last: boolean; readonly letter: number; readonly name: string | undefined } {
  const letter = visible(entry, 'short')[0]?.key ?? 0
  const name = visible(entry, 'long')[0]?.name
  if (!isDocumentation(entry.options[0]) || name === undefined) return { last: false, letter, name }
  const trimmed = name.trimStart()
  return { last: trimmed[0] !== '-', letter, name: trimmed.replace(/^[^A-Za-z0-9]*/, '') }
}

function byName(a: Entry, b: Entry): number {
  const [left, right] = [sortKey(a), sortKey(b)]
  if (left.last !== right.last) return Number(left.last) - Number(right.last)
  if (left.letter === 0 && right.letter === 0 && left.name !== undefined && right.name !== undefined) {
    const [x, y] = [left.name.toLowerCase(), right.name.toLowerCase()]
    return x < y ? -1 : x > y ? 1 : 0
  }
  const [first, second] = [left, right].map(({ letter, name }) => letter || (name?.charCodeAt(0) ?? 0) || 0)
  // Of both cases of a letter, the small one is first.
  return lower(first) - lower(second) || second - first
}

function compare(a: Entry, b: Entry): number {
  if (a.cluster === b.cluster) return a.group === b.group ? byName(a, b) : byGroup(a.group, b.group, 0)
  // In a group, what is in a cluster comes behind what is in none.
  if (a.cluster === undefined) return byGroup(a.group, base(b.cluster!).group, -1)
  if (b.cluster === undefined) return byGroup(base(a.cluster).group, b.group, 1)
  return byCluster(a.cluster, b.cluster)
}

/** Sorted, `--help` and `--version` last. */
export function entriesOf(c: LibcCall, argp: number): Entry[] {
  const entries: Entry[] = []
  collect(c, argp, undefined, new Set(), entries)
  for (const name of ['help', 'version']) {
    const entry = entries.find((each) => visible(each, 'long').some((option) => option.name === name))
    if (entry !== undefined) entry.group = -1
  }
  return entries.sort(compare)
}
