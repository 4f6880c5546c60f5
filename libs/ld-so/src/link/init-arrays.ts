/** All initialisers and finalisers of the inputs as two arrays that start code walks: forwards, and backwards. */
import { dependenciesFirst } from '../closure.ts'
import { finiArrayOf, finiFunctionOf, initArrayOf, initFunctionOf, preinitialisersOf } from '../initialisers.ts'
import type { Link } from './link.ts'

export interface InitArrays {
  readonly init: readonly number[]
  readonly fini: readonly number[]
}

export function mergeInitArrays({ objects, port: { memory } }: Link): InitArrays {
  const order = dependenciesFirst(objects)
  return {
    init: [...preinitialisersOf(memory, objects[0]), ...order.flatMap((dso) => [...initFunctionOf(dso), ...initArrayOf(memory, dso)])],
    fini: [...order]
      .reverse()
      .flatMap((dso) => [...finiArrayOf(memory, dso), ...finiFunctionOf(dso)])
      .reverse(),
  }
}
