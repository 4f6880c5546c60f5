import { type Command, Option } from 'commander'
import { SURFACE_HELP } from '../surface-option.ts'

export interface MachineOptions {
  linkage: 'static' | 'dynamic'
  surface: string
  mode: 'strict' | 'bridge'
  toolchain: string
}

/** The options that every command which boots a node understands. `none`: what is said of no toolchain, where one may be left out. */
export function surfaceOptions(command: Command, none = ''): Command {
  return command
    .option('--surface <date>', SURFACE_HELP, 'latest')
    .addOption(
      new Option('--mode <mode>', 'strict stops at the first missing thing, bridge records and serves it')
        .choices(['strict', 'bridge'])
        .default('bridge'),
    )
    .option('--toolchain <id>', `toolchain whose tree is the root${none}`, 'debian')
}
