/** The shape of a function's flow: order, dominators and loops of nodes 0 .. n - 1, of which 0 is the entry. */

export interface FlowGraph {
  readonly successors: readonly (readonly number[])[]
  /** Nodes that the entry reaches, in reverse postorder. */
  readonly order: readonly number[]
  /** Position in `order`; -1 for unreachable nodes. */
  readonly position: Int32Array
  readonly predecessors: readonly (readonly number[])[]
  /** Immediate dominator; the entry's is itself. */
  readonly dominator: Int32Array
  /** 1 where a back edge arrives. */
  readonly isHeader: Uint8Array
}

export function flowGraph(successors: readonly (readonly number[])[]): FlowGraph {
  const count = successors.length
  const order = postorder(successors).reverse()
  const position = new Int32Array(count).fill(-1)
  for (const [at, node] of order.entries()) position[node] = at
  const predecessors: number[][] = Array.from({ length: count }, () => [])
  for (const node of order) for (const next of successors[node]) predecessors[next].push(node)
  const dominator = dominators(order, position, predecessors)
  const isHeader = new Uint8Array(count)
  for (const node of order) {
    for (const next of successors[node]) if (position[next] <= position[node]) isHeader[next] = 1
  }
  return { successors, order, position, predecessors, dominator, isHeader }
}

function postorder(successors: readonly (readonly number[])[]): number[] {
  const seen = new Uint8Array(successors.length)
  const out: number[] = []
  const stack = [0]
  const turn = new Int32Array(successors.length)
  seen[0] = 1
  while (stack.length > 0) {
    const node = stack[stack.length - 1]
    const at = turn[node]++
    if (at === successors[node].length) {
      out.push(node)
      stack.pop()
    } else {
      const next = successors[node][at]
      if (!seen[next]) {
        seen[next] = 1
        stack.push(next)
      }
    }
  }
  return out
}

/** Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm". */
function dominators(order: readonly number[], position: Int32Array, predecessors: readonly (readonly number[])[]): Int32Array {
  const dominator = new Int32Array(position.length).fill(-1)
  dominator[0] = 0
  for (let changed = true; changed; ) {
    changed = false
    for (const node of order) {
      if (node === 0) continue
      let best = -1
      for (const from of predecessors[node]) {
        if (dominator[from] < 0) continue
        let a = from
        if (best >= 0) {
          let b = best
          while (a !== b) {
            while (position[a] > position[b]) a = dominator[a]
            while (position[b] > position[a]) b = dominator[b]
          }
        }
        best = a
      }
      if (dominator[node] !== best) {
        dominator[node] = best
        changed = true
      }
    }
  }
  return dominator
}

/**
 * Loops of a reducible graph. `inner`: the header of the innermost loop around a node (a header's own loop counts), -1 outside all loops.
 * `around`: for a header, the header of the loop around its loop, or -1.
 */
export function loopNest(graph: FlowGraph): { readonly inner: Int32Array; readonly around: Int32Array } {
  const { order, predecessors, position, isHeader } = graph
  const inner = new Int32Array(position.length).fill(-1)
  const around = new Int32Array(position.length).fill(-1)
  const outermost = (header: number): number => {
    let at = header
    while (around[at] >= 0) at = around[at]
    return at
  }
  // Headers of inner loops come later in reverse postorder.
  for (let at = order.length - 1; at >= 0; at--) {
    const header = order[at]
    if (!isHeader[header]) continue
    inner[header] = header
    const work = predecessors[header].filter((from) => position[from] >= at)
    while (work.length > 0) {
      const node = work.pop()!
      const whole = inner[node] < 0 ? node : outermost(inner[node])
      if (whole === header) continue
      if (inner[node] < 0) inner[node] = header
      else around[whole] = header
      work.push(...predecessors[whole])
    }
  }
  return { inner, around }
}
