/** The longest start of the input that may become a number, as scanf takes it; what breaks off behind digits counts, as in glibc. */
import type { Co } from '@bootgraph/kernel'
import type { ScanInput } from './scan-input.ts'

const lower = (byte: number): string => (byte < 0 ? '' : String.fromCharCode(byte).toLowerCase())

/** Takes bytes into `text` while they are allowed and there is room. */
class Taker {
  text = ''
  readonly #input: ScanInput
  #left: number

  constructor(input: ScanInput, width: number) {
    this.#input = input
    this.#left = width
  }
  *next(allowed: (character: string) => boolean): Co<boolean> {
    if (this.#left <= 0) return false
    const character = lower(yield* this.#input.peek())
    if (character === '' || !allowed(character)) return false
    this.#input.skip()
    this.#left--
    this.text += character
    return true
  }
  *all(allowed: (character: string) => boolean): Co<number> {
    let count = 0
    while (yield* this.next(allowed)) count++
    return count
  }
  /** Takes a word letter by letter; false if it breaks off. */
  *word(word: string): Co<boolean> {
    for (const letter of word) if (!(yield* this.next((c) => c === letter))) return false
    return true
  }
}

const isSign = (c: string): boolean => c === '+' || c === '-'
const digitOf =
  (radix: number) =>
  (c: string): boolean =>
    Number.parseInt(c, 36) < radix

/** The text of an integer and its base; undefined if there is none. `base` 0 = by its prefix. */
export function* scanInteger(input: ScanInput, base: number, width: number): Co<{ text: string; base: number } | undefined> {
  const taker = new Taker(input, width)
  yield* taker.next(isSign)
  let radix = base
  let zero = false
  if (base === 0 || base === 16) {
    zero = yield* taker.next((c) => c === '0')
    if (zero && (yield* taker.next((c) => c === 'x'))) {
      taker.text = taker.text.slice(0, -2)
      yield* taker.all(digitOf(16))
      return { text: taker.text, base: 16 }
    }
    if (base === 0) radix = zero ? 8 : 10
  }
  const digits = yield* taker.all(digitOf(radix))
  return digits > 0 || zero ? { text: taker.text, base: radix } : undefined
}

const NIL = '(nil)'

/** An address in hexadecimal, or what printf writes for none. */
export function* scanPointer(input: ScanInput, width: number): Co<{ text: string; base: number } | undefined> {
  if (width < NIL.length || (yield* input.peek()) !== NIL.charCodeAt(0)) return yield* scanInteger(input, 16, width)
  return (yield* new Taker(input, width).word(NIL)) ? { text: '0', base: 16 } : undefined
}

/** The text of a floating-point number; undefined if what was taken is none. */
export function* scanReal(input: ScanInput, width: number): Co<string | undefined> {
  const taker = new Taker(input, width)
  yield* taker.next(isSign)
  if (yield* taker.next((c) => c === 'n')) {
    if (!(yield* taker.word('an'))) return undefined
    return taker.text
  }
  if (yield* taker.next((c) => c === 'i')) {
    if (!(yield* taker.word('nf'))) return undefined
    if ((yield* taker.next((c) => c === 'i')) && !(yield* taker.word('nity'))) return undefined
    return taker.text
  }
  const zero = yield* taker.next((c) => c === '0')
  const hex = zero && (yield* taker.next((c) => c === 'x'))
  const isDigit = digitOf(hex ? 16 : 10)
  let digits = (yield* taker.all(isDigit)) + (zero && !hex ? 1 : 0)
  const point = yield* taker.next((c) => c === '.')
  if (point) digits += yield* taker.all(isDigit)
  // "0x." is the zero in front of its x.
  if (digits === 0) return hex && point ? taker.text : undefined
  if (yield* taker.next((c) => c === (hex ? 'p' : 'e'))) {
    yield* taker.next(isSign)
    yield* taker.all(digitOf(10))
  }
  return taker.text
}
