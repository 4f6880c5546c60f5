/** The made libc.so as a file that the dynamic linker reads from memory. */
import { createHash } from 'node:crypto'
import { type LoaderFile, PF_GATE } from '@bootgraph/ld-so'
import { makeSharedObject, Pf } from '@bootgraph/ld-so/elf'
import { collect, gateId, platformHeaders } from '@bootgraph/relibc'

/** Every symbol that the model has. */
export const registry = collect(platformHeaders)

let made: LoaderFile | undefined

export function madeLibc(): LoaderFile {
  made ??= inMemory('/lib/libc.so.6', libcBytes())
  return made
}

function libcBytes(): Uint8Array {
  const gate = (name: string): Uint8Array => {
    const id = gateId(name)
    return Uint8Array.of(0x0f, 0x3f, id & 0xff, (id >> 8) & 0xff, (id >> 16) & 0xff, id >>> 24)
  }
  return makeSharedObject({
    soname: 'libc.so.6',
    functions: [...registry.functions.keys()].map((name) => ({ name, code: gate(name) })),
    objects: [...registry.objects.values()].map(({ name, size, align }) => ({ name, size, align })),
    codeFlags: Pf.r | Pf.x | PF_GATE,
  })
}

function inMemory(path: string, bytes: Uint8Array): LoaderFile {
  return {
    path,
    size: bytes.length,
    digest: createHash('sha256').update(bytes).digest('hex'),
    read(offset, into) {
      const part = bytes.subarray(offset, offset + into.length)
      into.set(part)
      return part.length
    },
  }
}
