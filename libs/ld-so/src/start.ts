/** The first stack of a program (psABI 3.4.1, "Initial Stack and Register State"): argc, argv, envp, auxiliary vector, strings. */
import type { LoaderPort } from './loader-port.ts'
import { put64 } from './reloc/x86_64.ts'

export interface StartStack {
  /** Bytes without their NUL: in no encoding, as they were passed. */
  readonly argv: readonly Uint8Array[]
  readonly envp: readonly Uint8Array[]
  /** (type, value) without the closing AT_NULL. */
  readonly auxv: readonly (readonly [number, number])[]
  /** Address just above the stack. */
  readonly top: number
}

/** Writes the stack and gives the stack pointer, 16-byte aligned. The caller has mapped enough room below `top`. */
export function startStack({ argv, envp, auxv, top }: StartStack, memory: LoaderPort['memory']): number {
  let at = top
  const text = (value: Uint8Array): number => {
    at -= value.length + 1
    memory.u8.set(value, at)
    memory.u8[at + value.length] = 0
    return at
  }
  const environment = envp.map(text)
  const args = argv.map(text)
  const words = [args.length, ...args, 0, ...environment, 0, ...auxv.flat(), 0, 0]
  const pointer = Math.floor((at - words.length * 8) / 16) * 16
  words.forEach((word, i) => {
    put64(memory.view, pointer + i * 8, word)
  })
  return pointer
}
