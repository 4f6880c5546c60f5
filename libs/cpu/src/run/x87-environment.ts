/** The memory images of fldenv, fnstenv, frstor and fnsave (SDM vol. 1, figures 8-9 and 8-11); pointers are saved as 0. */
import { State } from './state-block.ts'
import type { X87Stack } from './x87-stack.ts'

const INITIAL_CONTROL = 0x37f
/** Bytes of the environment: 32-bit format, and 16-bit by operand-size prefix. */
export const environmentSize = (small: boolean): number => (small ? 14 : 28)

export function initialize(stack: X87Stack): void {
  stack.turn(-stack.top)
  stack.tags = 0
  stack.status = 0
  stack.control = INITIAL_CONTROL
}

/** Two bits per physical register: valid, zero, special, empty. */
function tagWord(stack: X87Stack): number {
  let word = 0
  for (let i = 0; i < 8; i++) {
    const bytes = stack.image(i)
    const exponent = ((bytes[9] & 0x7f) << 8) | bytes[8]
    const zero = exponent === 0 && bytes.subarray(0, 8).every((byte) => byte === 0)
    const normal = exponent !== 0 && exponent !== 0x7fff && (bytes[7] & 0x80) !== 0
    word |= (stack.holds(i) ? (zero ? 1 : normal ? 0 : 2) : 3) << (((stack.top + i) & 7) * 2)
  }
  return word
}

export function saveEnvironment(stack: X87Stack, at: number, small: boolean): void {
  const { memory } = stack
  const words = [stack.control, stack.status, tagWord(stack)]
  memory.bytes(at, environmentSize(small)).fill(0)
  for (const [i, word] of words.entries()) {
    if (small) memory.setU16(at + i * 2, word)
    else memory.setU32(at + i * 4, 0xffff_0000 | word)
  }
  if (!small) memory.setU16(at + 26, 0xffff)
}

export function loadEnvironment(stack: X87Stack, at: number, small: boolean): void {
  const { memory } = stack
  const [control, status, tags] = [0, 1, 2].map((i) => memory.getU16(at + i * (small ? 2 : 4)))
  stack.turn(((status >> 11) & 7) - stack.top)
  let held = 0
  for (let i = 0; i < 8; i++) if (((tags >> (((stack.top + i) & 7) * 2)) & 3) !== 3) held |= 1 << i
  stack.tags = held
  stack.status = status
  stack.control = control
}

export function saveRegisters(stack: X87Stack, at: number): void {
  for (let i = 0; i < 8; i++) stack.memory.bytes(at + i * 10, 10).set(stack.image(i))
}
export function loadRegisters(stack: X87Stack, at: number): void {
  for (let i = 0; i < 8; i++) stack.memory.bytes(State.x87 + i * 16, 10).set(stack.memory.bytes(at + i * 10, 10))
}
