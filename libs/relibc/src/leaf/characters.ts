/** toupper and tolower in WebAssembly. */
import { Gpr, I32, type LeafBody, W } from '@bootgraph/cpu'

const LETTERS = 26
const DISTANCE = 0x20

/** Adds `change` to a letter from `first` on; all else is its own answer. */
const change =
  (first: string, change: number): LeafBody =>
  (code) => {
    const char = code.local(I32)
    code.register(Gpr.rdi).op(W.i32wrap).tee(char)
    code.i32(change).i32(0).get(char).i32(first.charCodeAt(0)).op(W.i32sub).i32(LETTERS).op(W.i32ltu, W.select, W.i32add)
    code.op(W.i64extendS).answer().i32(1)
  }
export const toUpper = change('a', -DISTANCE)
export const toLower = change('A', DISTANCE)
