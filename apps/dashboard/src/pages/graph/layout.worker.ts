/** Lays out a neighbourhood off the main thread: dagre, left to right. */
import { Graph, layout } from '@dagrejs/dagre'

export interface LayoutRequest {
  readonly nodes: readonly { readonly id: string; readonly width: number; readonly height: number }[]
  readonly edges: readonly (readonly [from: string, to: string])[]
}

export interface Layout {
  readonly width: number
  readonly height: number
  /** Top left corner by id. */
  readonly at: Readonly<Record<string, { readonly x: number; readonly y: number }>>
  readonly edges: readonly { readonly from: string; readonly to: string; readonly points: readonly { x: number; y: number }[] }[]
}

self.onmessage = ({ data }: MessageEvent<LayoutRequest>) => {
  const graph = new Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 6, ranksep: 44, marginx: 8, marginy: 8 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id, width, height } of data.nodes) graph.setNode(id, { width, height })
  for (const [from, to] of data.edges) graph.setEdge(from, to)
  layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  const at = Object.fromEntries(
    data.nodes.map((node) => {
      const { x, y } = graph.node(node.id) as { x: number; y: number }
      return [node.id, { x: x - node.width / 2, y: y - node.height / 2 }]
    }),
  )
  const edges = graph.edges().map(({ v, w }: { v: string; w: string }) => ({ from: v, to: w, points: graph.edge(v, w).points }))
  self.postMessage({ width, height, at, edges } satisfies Layout)
}
