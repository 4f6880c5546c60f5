/** The door of the ld-so room: ELF read, write, static link, dynamic link. */
export * from './loader-port.ts'
