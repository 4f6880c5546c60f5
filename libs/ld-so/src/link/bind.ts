/** Binds every symbol and applies every relocation; slots that a resolver must fill are kept for the start. */
import { R, relocate } from '../reloc/x86_64.ts'
import type { Link } from './link.ts'
import type { MergedTls } from './thread-storage.ts'

export function bindAndRelocate(link: Link, threads: MergedTls): void {
  const { port, abilities, scope, objects, errors } = link
  const work = {
    port,
    abilities,
    threads,
    bind: (dso: (typeof objects)[number], symbol: number, type: number) =>
      scope.bind(dso, symbol, { copy: type === R.copy, call: type === R.jumpSlot, lazy: false }),
    fail: (message: string) => void errors.push(message),
    pending: link.indirect,
    counts: link.relocationCounts,
  }
  // Last loaded first: a copy relocation of the program must find its source relocated.
  for (const dso of [...objects].reverse()) relocate(dso, work)
}
