/** What a program demands of Redox beyond its kernel, judged by surface and mode, and what the record says of it. */
import type { GapKind, GapOccurrence, Mode, Truth } from '@bootgraph/build-graph'
import type { CallTrace, Context, Process } from '@bootgraph/kernel'
import { abilityAt, type MissingSymbol } from '@bootgraph/ld-so'
import { callersIn, type LibcObserver, type Registry } from '@bootgraph/relibc'
import type { GapRecord } from '../gap-record.ts'
import { describe } from './callers.ts'
import type { Offer } from './offer.ts'

type At = Omit<GapOccurrence, 'count'>
type Found = 'load' | 'link' | 'call'
/** Frames of an occurrence, at most. */
const STACK_LIMIT = 32

export interface DemandOptions {
  readonly offer: Offer
  readonly registry: Registry
  readonly surface: string
  readonly mode: Mode
  readonly gaps: GapRecord
  /** The context whose turn it is. */
  running(): Context | undefined
  /** strict: the run ends here, and this line says why. */
  refuse(message: string): void
}

export class Demand {
  readonly #options: DemandOptions
  /** How abilities of ld.so are found to be needed now. */
  phase: Found = 'load'
  #refused = false

  constructor(options: DemandOptions) {
    this.#options = options
  }

  /** The plain name of what the surface lacks; undefined for everything else. */
  upstream(name: string): string | undefined {
    const judgement = this.#options.offer.judge(name)
    return judgement.kind === 'upstream' ? judgement.name : undefined
  }

  /** What shall stand for a name that no object defines; records nothing. */
  standIn({ name, weak, kind }: MissingSymbol): 'gate' | 'storage' | 'null' | 'fail' {
    if (weak) return 'null'
    if (kind === 'tls' || (this.#options.mode === 'strict' && this.upstream(name) !== undefined)) return 'fail'
    return kind === 'object' ? 'storage' : 'gate'
  }

  /** Records a name that no object defines. */
  missing({ name, requester, weak }: Pick<MissingSymbol, 'name' | 'requester' | 'weak'>, found: Found): void {
    if (weak) return
    const { mode, surface } = this.#options
    const plain = this.upstream(name)
    const at = { found, symbol: name, module: requester } as const
    if (plain !== undefined) this.#met('upstream', plain, 'symbol-missing', at)
    if (plain !== undefined && mode === 'strict') this.#refuse(`${requester}: ${plain} is missing in Redox of ${surface}`)
    else this.#met('model', name, 'symbol-missing', at)
  }

  /** `module` imports a name. What the model lacks is met where it is missing, not here; a host spelling of what the surface has is no gap. */
  imported(module: string, name: string, found: Found): void {
    const { offer, registry } = this.#options
    const judgement = offer.judge(name)
    if (judgement.kind === 'served' || judgement.kind === 'host-spelling' || !(registry.functions.has(name) || registry.objects.has(name)))
      return
    this.#met(judgement.kind, judgement.name, 'symbol-missing', { found, symbol: name, module })
  }

  /** An ability of ld.so is needed by `object`; false if the program must do without. What nobody would notice is no gap. */
  ability(name: string, object: string): boolean {
    const { mode, surface } = this.#options
    const { present, absence, reason } = this.#abilityOf(name)
    if (present) return true
    if (absence === 'ignored') return mode === 'bridge'
    this.#add(
      { truth: 'upstream', component: 'ld-so', kind: kindOf(name), name },
      { found: this.phase, symbol: name, module: object, detail: `${absence}: ${reason}` },
      this.#asking,
    )
    if (mode === 'strict') this.#refuse(`${object}: ld.so of ${surface} lacks '${name}' (${absence}: ${reason})`)
    return mode === 'bridge'
  }

  hasAbility(name: string): boolean {
    return this.#abilityOf(name).present
  }

  #abilityOf(name: string): ReturnType<typeof abilityAt> {
    const { surface } = this.#options
    const dated = abilityAt(name, /^\d{4}-/.test(surface) ? surface : 'latest')
    return surface === 'full' ? { ...dated, present: true } : dated
  }

  /** How the C library of the program at `path` reports. */
  observer(path: string, trace: CallTrace | undefined): LibcObserver {
    return {
      gap: (truth, name, detail, { process }) => {
        const at = { found: 'call', symbol: name, module: path, detail } as const
        const stack = () => stackOf(process)
        if (truth === 'model') this.#met('model', name, 'symbol-missing', at, stack)
        else this.#met('upstream', this.upstream(name) ?? name, detail === 'stub' ? 'stub-called' : 'symbol-missing', at, stack)
      },
      ...(trace ? { trace } : {}),
    }
  }

  /** dlopen of a program that is one image: no date and no mode has it. */
  dlopenInStaticImage(module: string, wanted: string): void {
    this.#add(
      { truth: 'upstream', component: 'ld-so', kind: 'dlopen-in-static-image', name: 'dlopen' },
      { found: 'call', symbol: 'dlopen', module, detail: wanted },
      this.#asking,
    )
  }

  /** Before the program's own start nobody has called. */
  readonly #asking = (): readonly string[] => {
    const cx = this.phase === 'call' ? this.#options.running() : undefined
    return cx ? stackOf(cx.process) : []
  }

  #met(truth: Truth, name: string, kind: GapKind, at: At, stack?: () => readonly string[]): void {
    this.#add({ truth, component: 'relibc', kind, name }, at, stack)
  }

  /** What comes after the first refusal would not have been reached. */
  #add(gap: Parameters<GapRecord['add']>[0], at: At, stack?: () => readonly string[]): void {
    if (!this.#refused) this.#options.gaps.add(gap, at, stack)
  }

  #refuse(message: string): void {
    if (!this.#refused) this.#options.refuse(message)
    this.#refused = true
  }
}

/** `at`: the instruction that faulted, if the process is not at a call. */
export const stackOf = (process: Process, at?: number): readonly string[] => callersIn(process, STACK_LIMIT, at).map(describe)

const kindOf = (ability: string): GapKind =>
  /^R_X86_64_|relocation/.test(ability) ? 'relocation-unsupported' : /TLS|__tls/.test(ability) ? 'tls-model-unsupported' : 'ability-missing'
