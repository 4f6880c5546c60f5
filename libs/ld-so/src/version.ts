/** Symbol versions of a mapped object (LSB core, "Symbol Versioning"): DT_VERDEF, DT_VERNEED, DT_VERSYM. */
import type { Dso } from './dso.ts'
import { Dt } from './dynamic-section.ts'
import type { LoaderPort } from './loader-port.ts'

/**
 * Version index → name, of what the object defines and of what it asks for (the two share one numbering).
 * False if a record lies outside the image, or there are more than 15-bit indices can name.
 */
export function readVersions({ memory: { view } }: Pick<LoaderPort, 'memory'>, dso: Dso, text: (offset: number) => string): boolean {
  const names = dso.versions as Map<number, string>
  let left = 0x8000
  const ok = (at: number, length: number): boolean => at >= dso.start && at + length <= dso.end && left-- > 0
  let at = dso.base + (dso.tags.get(Dt.verdef) ?? 0)
  for (let n = dso.tags.get(Dt.verdefnum) ?? 0; n > 0; n--) {
    if (!ok(at, 20)) return false
    const aux = at + view.getUint32(at + 12, true)
    if (!ok(aux, 8)) return false
    // Flag 1 marks the file's own name, which is no version.
    if ((view.getUint16(at + 2, true) & 1) === 0) names.set(view.getUint16(at + 4, true), text(view.getUint32(aux, true)))
    const next = view.getUint32(at + 16, true)
    if (next === 0) break
    at += next
  }
  at = dso.base + (dso.tags.get(Dt.verneed) ?? 0)
  for (let n = dso.tags.get(Dt.verneednum) ?? 0; n > 0; n--) {
    if (!ok(at, 16)) return false
    let aux = at + view.getUint32(at + 8, true)
    for (let m = view.getUint16(at + 2, true); m > 0; m--) {
      if (!ok(aux, 16)) return false
      names.set(view.getUint16(aux + 6, true), text(view.getUint32(aux + 8, true)))
      aux += view.getUint32(aux + 12, true)
    }
    const next = view.getUint32(at + 12, true)
    if (next === 0) break
    at += next
  }
  return true
}
