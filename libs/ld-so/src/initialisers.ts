/** What an object wants called at its start and its end (gABI, "Initialization and Termination Functions"), in the order of the calls. */
import type { Dso } from './dso.ts'
import { Dt } from './dynamic-section.ts'
import type { LoaderPort } from './loader-port.ts'

type Memory = LoaderPort['memory']

function array({ view }: Memory, dso: Dso, tag: number, sizeTag: number): number[] {
  const at = dso.tags.get(tag)
  if (at === undefined) return []
  const out: number[] = []
  for (let i = 0; i + 8 <= (dso.tags.get(sizeTag) ?? 0); i += 8) {
    const call = view.getUint32(dso.base + at + i, true)
    if (call !== 0 && call !== 0xffffffff) out.push(call)
  }
  return out
}

const one = (dso: Dso, tag: number): number[] => {
  const at = dso.tags.get(tag)
  return at ? [dso.base + at] : []
}

/** Of a main program only, before every other initialiser. */
export const preinitialisersOf = (memory: Memory, dso: Dso): number[] => array(memory, dso, Dt.preinitArray, Dt.preinitArraysz)
export const initFunctionOf = (dso: Dso): number[] => one(dso, Dt.init)
export const initArrayOf = (memory: Memory, dso: Dso): number[] => array(memory, dso, Dt.initArray, Dt.initArraysz)
export const finiArrayOf = (memory: Memory, dso: Dso): number[] => array(memory, dso, Dt.finiArray, Dt.finiArraysz).reverse()
export const finiFunctionOf = (dso: Dso): number[] => one(dso, Dt.fini)
