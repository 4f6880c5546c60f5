/** Which ABI a hosted program was compiled for. */
import type { ProgramAbi } from '@bootgraph/build-graph'
import { type Abi, linuxGnu, redox, redox2019 } from '@bootgraph/relibc'

const BY_NAME: Readonly<Record<Exclude<ProgramAbi, 'auto'>, Abi>> = {
  'linux-gnu': linuxGnu,
  redox,
  'redox-2019-11': redox2019,
  'redox-2022-03': redox2019,
  'redox-2026-02': redox,
  'redox-2026-08': redox,
}
/** What programs for Redox name as their interpreter. */
const REDOX_INTERPRETER = /\/ld64\.so\.1$/

/** `auto` goes by the interpreter, and takes a program that names none for one built for Linux, as our toolchains' are. */
export function abiOf(asked: ProgramAbi, interpreter: string): Abi {
  if (asked !== 'auto') return BY_NAME[asked]
  return REDOX_INTERPRETER.test(interpreter) ? redox : linuxGnu
}
