/** The image's account of itself: its manifest, and the C library's names as the program sees them. */
import { SHN_ABS, Stb, type SymbolRow } from '../elf/symbol.ts'
import { wanted } from '../lookup.ts'
import { symbolsOf } from '../symbols.ts'
import type { Link } from './link.ts'
import type { LinkManifest } from './manifest.ts'

export function describeInputs({ objects, port: { memory }, standIns, plan }: Link): LinkManifest {
  const made = madeDigests(plan.options.providers)
  return {
    inputs: objects.map((dso) => {
      const { path, digest, base, start, end, ehFrameHdr, symtab, strtab, strtabEnd } = dso
      const undefinedOnes = [...symbolsOf(memory, dso)].filter(({ defined, name }) => !defined && name !== '')
      const names = (weak: boolean): string[] =>
        undefinedOnes.filter((each) => (each.binding === Stb.weak) === weak).map(({ name }) => name)
      const places = { base, start, end, ehFrameHdr, symtab, strtab, strtabEnd }
      return { path, digest, made: made.has(digest), ...places, imports: { strong: names(false), weak: names(true) } }
    }),
    missing: standIns.asked,
  }
}

const madeDigests = (providers: ReadonlyMap<string, { readonly digest: string }>): Set<string> =>
  new Set([...providers.values()].map(({ digest }) => digest))

/** A copy relocation may have moved a data object of the library into the program, so each name is looked up as any other. */
export function libraryNames({ objects, port: { memory }, plan, scope }: Link): SymbolRow[] {
  const made = madeDigests(plan.options.providers)
  const rows: SymbolRow[] = []
  for (const dso of objects) {
    if (!made.has(dso.digest)) continue
    for (const { name, type, defined } of symbolsOf(memory, dso)) {
      const asked = defined ? wanted(name) : undefined
      const found = asked && scope.find(scope.global, asked)
      if (found?.dso && !found.tls) rows.push({ name, binding: Stb.global, type, section: SHN_ABS, value: found.value, size: found.size })
    }
  }
  return rows
}
