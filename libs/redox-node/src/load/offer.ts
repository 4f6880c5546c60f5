/** What the chosen surface and mode offer of the model's symbols, and what a demand for one means. */
import type { Mode } from '@bootgraph/build-graph'
import type { Registry } from '@bootgraph/relibc'
import { type Judgement, judge, readSurfaceDocument, type Surface, surfaceAt } from '@bootgraph/relibc/surface'

export class Offer {
  readonly mode: Mode
  readonly #registry: Registry
  /** undefined = full: every symbol that the model has is there. */
  readonly #surface: Surface | undefined
  readonly #judged = new Map<string, Judgement>()

  private constructor(registry: Registry, surface: Surface | undefined, mode: Mode) {
    this.#registry = registry
    this.#surface = surface
    this.mode = mode
  }

  /** `document` is the surface itself, and stands before any date; undefined if there is no surface of that date. */
  static of(registry: Registry, surface: string, mode: Mode, document?: string): Offer | undefined {
    const found = document !== undefined ? readSurfaceDocument(document) : surface === 'full' ? 'full' : surfaceAt(surface)
    return found && new Offer(registry, found === 'full' ? undefined : found, mode)
  }

  judge(name: string): Judgement {
    let judgement = this.#judged.get(name)
    if (judgement === undefined) {
      judgement = this.#surface ? judge(name, this.#surface, 'linux-gnu') : { kind: 'served', name, stub: false }
      this.#judged.set(name, judgement)
    }
    return judgement
  }

  /** Names that libc.so exports: strict leaves out what the surface lacks; the library's own names always stay. */
  names(): string[] {
    const all = [...this.#registry.functions.keys(), ...this.#registry.objects.keys()]
    return this.mode === 'bridge' ? all : all.filter((name) => name.startsWith('__libc_') || this.judge(name).kind !== 'upstream')
  }
}
