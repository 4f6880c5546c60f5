/**
 * The static linker: an executable and all its shared objects become one image with no interpreter and no dynamic section.
 *
 * It binds symbols with the dynamic linker's own scope and relocations, so a static image means what ld.so would have made of the
 * same files; only what ld.so decides anew at each start is decided once.
 */
import type { Linked } from '../linker.ts'
import { bindAndRelocate } from './bind.ts'
import type { Link, LinkPlan, LinkPort } from './link.ts'
import { mapInputs } from './map-inputs.ts'
import { writeImage } from './output.ts'
import { mergeTls } from './thread-storage.ts'

export interface StaticImage {
  readonly bytes: Uint8Array
  /** Relocations applied, by type (types above 62 share the last). */
  readonly relocationCounts: Uint32Array
}

/** Deterministic: equal plans and ports give equal bytes. All errors of a stage are reported together. */
export function linkStatic(plan: LinkPlan, port: LinkPort): Linked<StaticImage> {
  // The plan has found all files and decided where each lies. Put them there.
  const link = mapInputs(plan, port)
  if (link.errors.length > 0) return failed(link)

  // Beyond this point no new files.
  // Lay out one block of thread-local storage.
  const tls = mergeTls(link)

  // Beyond this point no new addresses, but for stand-ins of what is missing.
  // Bind every symbol, apply every relocation, collect what indirect functions must fill.
  bindAndRelocate(link, tls)
  if (link.errors.length > 0) return failed(link)

  // Beyond this point no byte of an input changes.
  // Merge initialisers, thread-local content and unwind records; write it all down.
  const bytes = writeImage(link, tls)
  if (bytes === undefined) return failed(link)
  return { ok: true, value: { bytes, relocationCounts: link.relocationCounts } }
}

const failed = ({ errors }: Link): Linked<never> => ({ ok: false, errors })
