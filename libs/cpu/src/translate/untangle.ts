/**
 * Gives every loop of a flow graph one entry, without copying code: a loop with several gets a dispatcher before them, and ways to an entry
 * lead to the dispatcher by a note of which one is meant. There is one note for the ways from outside the loop and one for those from inside,
 * so that the dispatcher alone is where the loop begins.
 */

export interface Untangled {
  /** Nodes of the graph come first, the new ones follow; successors keep their places. */
  readonly successors: number[][]
  /** By dispatcher: the entries, in the order of its successors. */
  readonly dispatchers: ReadonlyMap<number, readonly number[]>
  /** By note: the place of the entry that it means; its one successor is the dispatcher. */
  readonly notes: ReadonlyMap<number, number>
}

export function untangle(graph: readonly (readonly number[])[]): Untangled {
  const successors = graph.map((next) => [...next])
  const dispatchers = new Map<number, readonly number[]>()
  const notes = new Map<number, number>()
  const add = (next: number[]): number => successors.push(next) - 1

  /** Loops among these nodes, whose ways to others do not count. */
  const work: (readonly number[])[] = [graph.map((_, node) => node)]
  for (let region = work.pop(); region; region = work.pop()) {
    for (const loop of loopsAmong(region, successors)) {
      const inside = new Set(loop)
      const entries = new Set<number>()
      for (const [node, next] of successors.entries()) if (!inside.has(node)) for (const to of next) if (inside.has(to)) entries.add(to)
      // A loop that nothing leads to is of no interest.
      if (entries.size === 0) continue
      if (entries.size === 1) {
        work.push(loop.filter((node) => !entries.has(node)))
        continue
      }
      const dispatcher = add([...entries])
      dispatchers.set(dispatcher, [...entries])
      for (const [place, entry] of [...entries].entries()) {
        const note = { inside: -1, outside: -1 }
        for (let node = 0; node < dispatcher; node++) {
          const side = inside.has(node) ? 'inside' : 'outside'
          for (const [i, to] of successors[node].entries()) {
            if (to !== entry) continue
            if (note[side] < 0) note[side] = add([dispatcher])
            notes.set(note[side], place)
            successors[node][i] = note[side]
          }
        }
      }
      work.push(loop)
    }
  }
  return { successors, dispatchers, notes }
}

/** Strongly connected components among the nodes of a region that hold a way (R. Tarjan, 1972). */
function loopsAmong(region: readonly number[], successors: readonly (readonly number[])[]): number[][] {
  const member = new Set(region)
  const index = new Map<number, number>()
  const low = new Map<number, number>()
  const open: number[] = []
  const isOpen = new Set<number>()
  const loops: number[][] = []
  const enter = (node: number) => {
    index.set(node, index.size)
    low.set(node, index.get(node)!)
    open.push(node)
    isOpen.add(node)
    return { node, turn: 0 }
  }
  for (const root of region) {
    if (index.has(root)) continue
    const path = [enter(root)]
    while (path.length > 0) {
      const at = path[path.length - 1]
      const { node } = at
      if (at.turn < successors[node].length) {
        const next = successors[node][at.turn++]
        if (!member.has(next)) continue
        if (!index.has(next)) path.push(enter(next))
        else if (isOpen.has(next)) low.set(node, Math.min(low.get(node)!, index.get(next)!))
        continue
      }
      path.pop()
      const above = path.at(-1)?.node
      if (above !== undefined) low.set(above, Math.min(low.get(above)!, low.get(node)!))
      if (low.get(node) !== index.get(node)) continue
      const loop = open.splice(open.lastIndexOf(node))
      for (const each of loop) isOpen.delete(each)
      if (loop.length > 1 || successors[node].includes(node)) loops.push(loop)
    }
  }
  return loops
}
