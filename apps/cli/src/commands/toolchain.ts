import {
  addToolchain,
  hasSource,
  type Installed,
  installToolchain,
  listReferences,
  progressOn,
  RELEASES,
  readReference,
  removeReference,
  SOURCE_NAME,
  ToolchainError,
  type ToolchainReference,
  verifyToolchain,
} from '@bootgraph/rustc-bootstrap'
import type { Command } from 'commander'
import { ExitCode } from '../exit-codes.ts'
import { fail, print, table } from '../output.ts'

interface JsonOption {
  json?: boolean
}

export function register(program: Command): void {
  const toolchain = program.command('toolchain').description('install, add, list, show, verify and remove toolchains')

  toolchain
    .command('install')
    .description("fetch a toolchain and its compiler's source package through the host's apt, without installing anything on the host")
    .argument(
      '<name>',
      [...RELEASES.map(({ name, title }) => `${name}: ${title}`), `${SOURCE_NAME}: the compiler's source, patched`].join('; '),
    )
    .option('--no-source', "leave the compiler's source package out")
    .option('--mirror <url>', "archive to fetch from, in place of the one this host's apt is configured with")
    .option('--json', 'print the result as JSON')
    .action(async (name: string, { mirror, source, json }: JsonOption & { mirror?: string; source: boolean }) => {
      const options = { progress: progressOn(process.stderr), note, ...(mirror === undefined ? {} : { mirror }) }
      const text = ({ reference, already }: Installed): string => `${already ? 'already installed: ' : ''}${line(reference).join('  ')}`
      const installed = await told(() => installToolchain(name, options))
      const more =
        source && hasSource(name)
          ? await told(() => installToolchain(SOURCE_NAME, options), `${name} is installed, its source is not: `)
          : undefined
      const { reference, already } = installed
      print({ ...reference, already, ...(more && { source: { ...more.reference, already: more.already } }) }, json, () =>
        [installed, ...(more ? [more] : [])].map(text).join('\n'),
      )
    })

  toolchain
    .command('add')
    .description('make a toolchain of a rustup toolchain or an unpacked official tarball')
    .argument('<name>')
    .argument('<path>', 'the folder that holds bin/rustc')
    .option('--json', 'print the result as JSON')
    .action(async (name: string, path: string, options: JsonOption) => {
      const reference = await told(() => addToolchain(name, path, { progress: progressOn(process.stderr), note }))
      print(reference, options.json, (r) => line(r).join('  '))
    })

  toolchain
    .command('list')
    .description('what is installed')
    .option('--json', 'print as JSON')
    .action(async (options: JsonOption) => {
      const references = await told(() => listReferences())
      print(references, options.json, (all) =>
        all.length === 0 ? 'none; "bootgraph toolchain install debian" installs one' : table(all.map(line)),
      )
    })

  toolchain
    .command('show')
    .description('one toolchain: tree, folders, packages with versions and checksums')
    .argument('<name>')
    .option('--json', 'print as JSON')
    .action(async (name: string, options: JsonOption) => {
      print(await told(() => readReference(name)), options.json, details)
    })

  toolchain
    .command('verify')
    .description('read every file again and compare its checksum')
    .argument('<name>')
    .option('--json', 'print as JSON')
    .action(async (name: string, options: JsonOption) => {
      const verified = await told(() => verifyToolchain(name, { progress: progressOn(process.stderr) }))
      print(verified, options.json, (v) =>
        v.faults.length === 0
          ? `${v.name}: ${v.files} files, ${v.bytes} bytes, all as they were stored`
          : `${table(v.faults.map((f) => [f.path, f.message]))}\nremove ${v.name}, then install or add it again: that mends it`,
      )
      if (verified.faults.length > 0) process.exitCode = ExitCode.no
    })

  toolchain
    .command('remove')
    .description('forget a toolchain; its content stays in the store until that is collected')
    .argument('<name>')
    .option('--json', 'print JSON')
    .action(async (name: string, options: JsonOption) => {
      await told(() => removeReference(name))
      print({ name }, options.json, () => `${name} is forgotten`)
    })
}

const note = (line: string): void => void process.stderr.write(`note: ${line}\n`)

/** What a person can put right is one line and exit 2, not a defect. */
async function told<T>(work: () => T | Promise<T>, before = ''): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ToolchainError) fail(`${before}${error.message}`)
    throw error
  }
}

const line = (r: ToolchainReference): (string | number)[] => [
  r.name,
  r.tree.slice(0, 12),
  `${r.files} files`,
  `${(r.bytes / 1e6).toFixed(0)} MB`,
  r.title,
]

function details(r: ToolchainReference): string {
  const head = table([
    ['name', r.name],
    ['title', r.title],
    ['tree', r.tree],
    ['size', `${r.files} files, ${r.bytes} bytes`],
    ['path', r.path.join(':')],
    ['libraries', r.libraryPath.join(':')],
  ])
  return `${head}\n${table(r.packages.map((p) => [p.name, p.version, p.sha256]))}`
}
