/**
 * The first stack of a Redox program: argc, argv, 0, envp, 0, auxv pairs, upward from the stack pointer, which is a
 * multiple of 16 (relibc redox-rt/src/proc.rs). The strings lie above.
 */
import { Perm } from '@bootgraph/cpu'
import { Auxv, type Context, type KernelCalls } from '@bootgraph/kernel'
import type { MappedImage } from './map-image.ts'

/** Bytes; the guard page below is mapped without permissions. */
const STACK_SIZE = 8 << 20
export const STACK_TOP = 0xe000_0000
const GUARD = 4096
export const stackBottom = STACK_TOP - STACK_SIZE
/** Where what a program starts with begins, downward. The engine looks at two pages at once, and at a page above a frame: the first frames are to have those. */
export const STACK_START = STACK_TOP - 2 * 4096

/** Maps the stack and the guard page below it; -errno if it cannot. */
export function mapStack(cx: Context, calls: KernelCalls): number {
  const guard = calls.mmap(cx, stackBottom - GUARD, GUARD, Perm.none, false, 'noreplace', -1, 0)
  if (guard < 0) return guard
  return calls.mmap(cx, stackBottom, STACK_SIZE, Perm.read | Perm.write, false, 'noreplace', -1, 0)
}

/** Gives the stack pointer or -errno. */
export function initialStack(
  cx: Context,
  calls: KernelCalls,
  argv: readonly Uint8Array[],
  envp: readonly Uint8Array[],
  image: MappedImage,
): number {
  const { memory } = cx.process.cpu
  const mapped = mapStack(cx, calls)
  if (mapped < 0) return mapped
  let at = STACK_START
  const put = (text: Uint8Array): number => {
    at -= text.length + 1
    memory.bytes(at, text.length).set(text)
    return at
  }
  const variables = envp.map(put)
  const args = argv.map(put)
  const auxv = [
    [Auxv.PHENT, 56],
    [Auxv.PHNUM, image.phnum],
    [Auxv.PHDR, image.phdr],
    [Auxv.ENTRY, image.entry],
    [Auxv.NULL, 0],
  ]
  const words = [args.length, ...args, 0, ...variables, 0, ...auxv.flat()]
  const sp = Math.floor((at - words.length * 8) / 16) * 16
  for (const [i, word] of words.entries()) memory.setSize(sp + i * 8, word)
  return sp
}
