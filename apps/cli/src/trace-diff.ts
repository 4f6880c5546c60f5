/** Comparison of two traces: where they part, and which functions are called more or less often. */

export interface TraceDiff {
  readonly equal: boolean
  /** Lines that both have, from the start. */
  readonly common: number
  /** The first lines that differ; undefined where one trace has ended. */
  readonly first?: { readonly line: number; readonly a: string | undefined; readonly b: string | undefined }
  /** Functions whose number of calls differs. */
  readonly calls: readonly { readonly name: string; readonly a: number; readonly b: number }[]
}

/** Addresses differ between machines and mean nothing here: each becomes the ordinal of its first appearance. */
function normalise(lines: readonly string[]): string[] {
  const seen = new Map<string, string>()
  return lines.map((line) =>
    line.replace(/0x[0-9a-f]{5,16}\b/g, (address) => {
      const known = seen.get(address)
      if (known !== undefined) return known
      const name = `@${seen.size}`
      seen.set(address, name)
      return name
    }),
  )
}

/** `[tid] name(…) = …` → name. */
const functionOf = (line: string): string | undefined => /(?:^|\s)([A-Za-z_]\w*)\(/.exec(line)?.[1]

function counts(lines: readonly string[]): Map<string, number> {
  const out = new Map<string, number>()
  for (const line of lines) {
    const name = functionOf(line)
    if (name !== undefined) out.set(name, (out.get(name) ?? 0) + 1)
  }
  return out
}

export function diffTraces(a: readonly string[], b: readonly string[]): TraceDiff {
  const left = normalise(a)
  const right = normalise(b)
  let common = 0
  while (common < left.length && common < right.length && left[common] === right[common]) common++
  const equal = common === left.length && common === right.length
  const inA = counts(a)
  const inB = counts(b)
  const calls = [...new Set([...inA.keys(), ...inB.keys()])]
    .sort()
    .map((name) => ({ name, a: inA.get(name) ?? 0, b: inB.get(name) ?? 0 }))
    .filter((row) => row.a !== row.b)
  return equal ? { equal, common, calls } : { equal, common, first: { line: common + 1, a: a[common], b: b[common] }, calls }
}
