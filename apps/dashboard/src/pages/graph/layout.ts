/** Lays out a neighbourhood by dagre, so that it fits into the width there is. Pure. */
import { Graph, layout } from '@dagrejs/dagre'

export interface LayoutRequest {
  /** Of the place for the picture, pixels. */
  readonly width: number
  readonly nodes: readonly { readonly id: string; readonly width: number; readonly height: number }[]
  readonly edges: readonly (readonly [from: string, to: string])[]
}

interface Point {
  readonly x: number
  readonly y: number
}

export interface Layout {
  /** Needs are left of or above what needs them. */
  readonly direction: 'right' | 'down'
  /** At most 1: by what the picture is made smaller to fit. What would be unreadable then is left to be scrolled. */
  readonly scale: number
  /** Before it is made smaller. */
  readonly width: number
  readonly height: number
  /** Top left corner by id. */
  readonly at: Readonly<Record<string, Point>>
  readonly edges: readonly { readonly from: string; readonly to: string; readonly points: readonly Point[] }[]
}

/** A node must stay a target of 24 pixels. */
const SMALLEST = 0.75

/** From left to right, unless only the other way fits. */
export function arrange(request: LayoutRequest): Layout {
  const [right, down] = [arranged(request, 'right'), arranged(request, 'down')]
  return right.width <= request.width || right.width <= down.width ? right : down
}

function arranged({ width: place, nodes, edges }: LayoutRequest, direction: Layout['direction']): Layout {
  const graph = new Graph()
  graph.setGraph({ rankdir: direction === 'right' ? 'LR' : 'TB', nodesep: 10, ranksep: 44, marginx: 8, marginy: 8 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id, width, height } of nodes) graph.setNode(id, { width, height })
  for (const [from, to] of edges) graph.setEdge(from, to)
  layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  const corner = ({ id, width, height }: LayoutRequest['nodes'][number]): Point => {
    const { x, y } = graph.node(id) as Point
    return { x: x - width / 2, y: y - height / 2 }
  }
  return {
    direction,
    scale: Math.min(1, Math.max(SMALLEST, place / width)),
    width,
    height,
    at: Object.fromEntries(nodes.map((node) => [node.id, corner(node)])),
    edges: graph.edges().map(({ v, w }: { v: string; w: string }) => ({ from: v, to: w, points: graph.edge(v, w).points })),
  }
}
