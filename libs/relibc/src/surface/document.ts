/** A surface as JSON, as actions and imports keep it: `{ name, commit, symbols: [name, kind, status][] }`; full has a name only. */
import type { Surface, SurfaceSymbol } from './dated.ts'

export interface SurfaceDocument {
  readonly name: string
  readonly commit?: string
  readonly symbols?: readonly (readonly [name: string, kind: string, status: string])[]
}

/** undefined stands for full: every symbol that the model has. */
export const surfaceDocument = (surface: Surface | undefined): SurfaceDocument =>
  surface === undefined
    ? { name: 'full' }
    : {
        name: surface.date,
        commit: surface.commit,
        symbols: [...surface.symbols].map(([name, { kind, status }]) => [name, kind, status] as const),
      }

/** @throws SyntaxError for what is no such document. */
export function readSurfaceDocument(text: string): Surface | 'full' {
  const { name, commit, symbols } = JSON.parse(text) as Partial<SurfaceDocument>
  if (name === 'full' && symbols === undefined) return 'full'
  if (typeof name !== 'string' || !Array.isArray(symbols)) throw new SyntaxError('no surface: expected a name and symbols')
  const rows = symbols.map((row: unknown): [string, SurfaceSymbol] => {
    const [symbol, kind, status] = Array.isArray(row) ? (row as unknown[]) : []
    if (typeof symbol !== 'string' || (kind !== 'func' && kind !== 'object') || (status !== 'implemented' && status !== 'stub'))
      throw new SyntaxError(`no symbol of a surface: ${JSON.stringify(row)}`)
    return [symbol, { kind, status }]
  })
  return { date: name, commit: commit ?? '', symbols: new Map(rows) }
}
