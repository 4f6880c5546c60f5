/** Real ELF made of the registry: libc.so.6, libc.a and the objects around a program. */
export { LD_SO, makeCrt } from './crt.ts'
export type { ExportTag, LibcParts } from './exports.ts'
export { gateCode } from './gate.ts'
export { makeLibcArchive } from './libc-a.ts'
export { makeLibc } from './libc-so.ts'
