/**
 * How V8 is to work on the machine's thread. Set on that thread once Node has started it: what Node brings compiled of its own scripts holds
 * for V8's usual flags only, and a thread without it takes twice as long to start.
 */
import { setFlagsFromString } from 'node:v8'
import { NATIVES_SYNTAX, TRIED } from './compiled-code.ts'

/** V8 optimises a WebAssembly function after so much work in it: translations are large, and optimising takes longer than most of them run. */
const TIERING = '--wasm-tiering-budget=150000000'
/** V8 optimises JavaScript after so many bytes of bytecode, fifteen times the usual: most of what a short run warms up is over by then. Only Node 20's has the flag. */
const INTERRUPT = process.versions.v8.startsWith('11.') ? ['--interrupt-budget=1000000'] : []
/** Room for new JavaScript objects grows by this when it was too small: with V8's usual steps it collects every 10 ms while a program is loaded. */
const YOUNG = '--semi-space-growth-factor=8'
/** V8 believes translations which of their branches are hardly ever taken, and keeps what those lead to, and its registers, out of the way. */
const HINTS = '--experimental-wasm-branch-hinting'

/** A call by a table of functions of one type does not look at the type. Later versions always have them. */
const TYPED_TABLES = process.versions.v8.startsWith('11.3.') ? ['--experimental-wasm-typed-funcref'] : []

/** Code of V8's that is kept belongs to its flags, so what `compiled-code.ts` needs is set before anything is compiled; other versions may not know these. */
const NATIVES = TRIED ? [NATIVES_SYNTAX, HINTS] : []

export function setFlags(): void {
  for (const flag of [TIERING, YOUNG, ...INTERRUPT, ...TYPED_TABLES, ...NATIVES]) setFlagsFromString(flag)
}
