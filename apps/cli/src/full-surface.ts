/** Surfaces with `full` among them: every symbol that the model has, read from the C library that the node image makes. */
import { faultText } from '@bootgraph/ld-so/elf'
import { type Surface, surfaceOfLibrary } from '@bootgraph/relibc/surface'
import * as bootstrap from '@bootgraph/rustc-bootstrap'
import { ExitCode } from './exit-codes.ts'
import { currentImage } from './node-process.ts'
import { fail } from './output.ts'
import { surfaceOf } from './surface-option.ts'

/** As `surfaceOf`, and `full`. */
export const anySurface = (what: string, nor?: string): Promise<Surface> =>
  what === 'full' ? fullSurface() : Promise.resolve(surfaceOf(what, nor))

async function fullSurface(): Promise<Surface> {
  const { digest, folder } = currentImage()
  const { files } = await bootstrap.makeSysroot(folder, 'full', false)
  const read = surfaceOfLibrary('libc.so', files.get('libc.so') ?? new Uint8Array(), 'full', digest)
  return read.ok ? read.value : fail(faultText(read.error), ExitCode.defect)
}
