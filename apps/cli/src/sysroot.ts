/** The C library of a surface as files that a linker finds, in a host folder. */
import * as bootstrap from '@bootgraph/rustc-bootstrap'
import { currentImage } from './node-process.ts'
import { surfaceOf } from './surface-option.ts'

export interface MadeSysroot extends Pick<bootstrap.Sysroot, 'surface' | 'interpreter' | 'exported'> {
  readonly folder: string
  readonly files: readonly string[]
}

/** @param forHost also export what the surface lacks and the model has, so that a program built for Linux links (bridge). */
export async function makeSysroot(folder: string, date: string, forHost = true): Promise<MadeSysroot> {
  const surface = date === 'full' ? date : surfaceOf(date)
  const sysroot = await bootstrap.makeSysroot(currentImage().folder, surface, forHost)
  await bootstrap.writeSysroot(folder, sysroot)
  return {
    folder,
    files: [...sysroot.files.keys()],
    surface: sysroot.surface,
    interpreter: sysroot.interpreter,
    exported: sysroot.exported,
  }
}
