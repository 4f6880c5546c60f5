/** The C library of a surface as files that a linker finds. */
import { ExitCode } from './exit-codes.ts'
import { fail } from './output.ts'

export async function makeSysroot(_folder: string, surface: string): Promise<void> {
  fail(`no C library can be made for surface ${surface} yet (model gap relibc/output)`, ExitCode.no)
}
