/** Whether a declared output is what it should be: a file of the right kind, not merely a name. */
import type { Output } from '../rung.ts'

const ET_REL = 1
const ET_EXEC = 2
const ET_DYN = 3

/** Why the bytes are not of that form, or undefined. */
export function formFault(bytes: Uint8Array, form: Output['form']): string | undefined {
  if (form === 'rust-metadata')
    return Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'rust' ? undefined : 'does not begin like Rust metadata'
  const type = elfType(bytes)
  if (type === undefined) return 'is no 64-bit ELF file'
  if (form === 'elf-object') return type === ET_REL ? undefined : `is ELF type ${type}, not an object`
  return type === ET_EXEC || type === ET_DYN ? undefined : `is ELF type ${type}, not an executable or shared object`
}

function elfType(bytes: Uint8Array): number | undefined {
  const isElf64 = bytes.length >= 64 && Buffer.from(bytes.subarray(0, 4)).toString('latin1') === '\x7fELF' && bytes[4] === 2
  return isElf64 ? bytes[16] | (bytes[17] << 8) : undefined
}
