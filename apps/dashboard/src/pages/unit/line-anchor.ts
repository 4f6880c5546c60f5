export interface Lines {
  readonly from: number
  readonly to: number
}

/** `L120` or `L120-L140` as a range of lines; undefined for what is none. */
export function parseLines(hash: string): Lines | undefined {
  const [, from, to = from] = /^L([1-9]\d{0,8})(?:-L([1-9]\d{0,8}))?$/.exec(hash) ?? []
  if (from === undefined) return undefined
  return { from: Math.min(Number(from), Number(to)), to: Math.max(Number(from), Number(to)) }
}
