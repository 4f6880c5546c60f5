/** The door of the ld-so room: ELF read, write, dynamic link. */
export { type Dso, mapDso } from './dso.ts'
export { functionRanges, type UnwindImage } from './elf/eh-frame.ts'
export * from './linker.ts'
export * from './loader-port.ts'
export type { SearchPaths } from './search.ts'
export * from './start.ts'
export { Tls, type TlsModule, type TlsOptions } from './tcb.ts'
