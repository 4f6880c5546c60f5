/** What is wrong with a file: parsers of hostile bytes give this as a value and never throw. */
export interface ElfFault {
  readonly file: string
  /** Byte offset in the file. */
  readonly offset: number
  readonly expected: string
  readonly found: string
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ElfFault }

export const fault = (file: string, offset: number, expected: string, found: string | number): { ok: false; error: ElfFault } => ({
  ok: false,
  error: { file, offset, expected, found: String(found) },
})

/** One line for people. */
export const faultText = ({ file, offset, expected, found }: ElfFault): string =>
  `${file}: not a usable ELF file: at offset ${offset} expected ${expected}, found ${found}`
