import { E } from '../abi/error.ts'
import type { ProcessState } from '../context/process.ts'
import type { Kernel } from '../kernel.ts'
import { Handle } from './handle.ts'

/** Scheme memory: mapping a handle gives anonymous pages. */
class MemoryHandle extends Handle {
  readonly path: string
  override readonly anonymous = true
  constructor(path: string) {
    super()
    this.path = path
  }
}

/** "" and "zeroed" are memory; physical addresses and translations are what a node without hardware does not have. */
export function openMemory(kernel: Kernel, process: ProcessState, ref: string): Handle | number {
  if (ref === '') return new MemoryHandle('/scheme/memory')
  if (ref === 'zeroed') return new MemoryHandle('/scheme/memory/zeroed')
  kernel.gap(process, 'scheme operation', `open /scheme/memory/${ref.split(/[@?]/)[0]}`, ref)
  return -E.NOENT
}
