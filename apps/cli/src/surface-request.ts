import type { NodeRequest } from '@bootgraph/build-graph'

/** What a node is told of the surface; an imported one travels as a file. Fails for what is none. The usual words need no look at what is recorded, which takes a while to load. */
export async function surfaceRequest(surface: string): Promise<Pick<NodeRequest, 'surface' | 'surfaceFile'>> {
  if (surface === 'latest' || surface === 'full') return { surface }
  const { surfaceFileOf, surfaceOf } = await import('./surface-option.ts')
  const file = surfaceFileOf(surface)
  if (file === undefined) surfaceOf(surface)
  return file === undefined ? { surface } : { surface, surfaceFile: file }
}
