import { type Command, Option } from 'commander'

export interface MachineOptions {
  linkage: 'static' | 'dynamic'
  surface: string
  mode: 'strict' | 'bridge'
  toolchain: string
}

/** The options that every command which boots a node understands. */
export function surfaceOptions(command: Command): Command {
  return command
    .option('--surface <date>', 'what Redox offered: a date YYYY-MM-DD, latest, full, or the name of an imported surface', 'latest')
    .addOption(
      new Option('--mode <mode>', 'strict stops at the first missing thing, bridge records and serves it')
        .choices(['strict', 'bridge'])
        .default('bridge'),
    )
    .option('--toolchain <id>', 'toolchain whose tree is the root, or none', 'debian')
}
