/** The corpus below libs/relibc/test: its sources, and their executables made by the host's compiler. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const sources = fileURLToPath(new URL('../../../relibc/test', import.meta.url))

/** What a language needs of the compiler; functions are called and not replaced by what the compiler knows of them. */
const LANGUAGES = {
  c: { compiler: 'gcc', flags: ['-std=gnu17', '-O1', '-fno-builtin', '-w', '-D_GNU_SOURCE', '-pthread'], libraries: ['-lm'] },
  cpp: { compiler: 'g++', flags: ['-std=c++20', '-O1', '-w', '-pthread'], libraries: [] },
} as const
export type Language = keyof typeof LANGUAGES

/** Objects of the compiler's own runtime that a C++ program needs; the C library's are never copied. */
const RUNTIME = ['libstdc++.so.6', 'libgcc_s.so.1']

export interface Program {
  /** header/function. */
  readonly name: string
  readonly source: string
  /** Folder with the executable `program` and, below lib/x86_64-linux-gnu, the compiler's runtime: the root of a node. */
  readonly folder: string
  readonly args: readonly string[]
  readonly input: Uint8Array
}

/** A comment `// key: words` at the head of a source. */
function words(text: string, key: string): string[] {
  const found = new RegExp(`^// ${key}: (.*)$`, 'm').exec(text)
  return found === null ? [] : found[1].split(' ')
}

/** Every source of a language: test/c/<header>/<name>.c. */
export function sourcesOf(language: Language, wanted: (path: string) => boolean = () => true): string[] {
  const folder = join(sources, language)
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(`.${language}`) && wanted(path))
    .sort()
    .map((path) => join(folder, path))
}

/** Compiles a source once per content and flags. Throws with the compiler's own words. */
export function compiled(language: Language, source: string): Program {
  const { compiler, flags, libraries } = LANGUAGES[language]
  const text = readFileSync(source, 'utf8')
  const all = [...flags, ...words(text, 'flags')]
  const digest = createHash('sha256')
    .update(JSON.stringify([compiler, all, libraries, text]))
    .digest('hex')
    .slice(0, 32)
  const folder = join(tmpdir(), `bootgraph-corpus-${process.getuid?.() ?? 0}`, digest)
  if (!existsSync(folder)) {
    const staging = `${folder}.${process.pid}`
    mkdirSync(staging, { recursive: true })
    run(compiler, [...all, '-o', join(staging, 'program'), source, ...libraries, ...words(text, 'libraries')])
    copyRuntime(staging)
    if (words(text, 'shell').length > 0) copyShell(staging)
    copyData(staging, words(text, 'etc'))
    if (!existsSync(folder)) renameSync(staging, folder)
  }
  const input = source.replace(/\.\w+$/, '.in')
  return {
    name: `${basename(dirname(source))}/${basename(source, `.${language}`)}`,
    source,
    folder,
    args: words(text, 'args'),
    input: existsSync(input) ? readFileSync(input) : new Uint8Array(0),
  }
}

function run(command: string, args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (error) throw new Error(`${command}: not found; the corpus of C programs needs it: install gcc and g++`)
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${status}\n${stderr}`)
  return stdout.trim()
}

/** The host's shell needs no object but the C library's. */
function copyShell(folder: string): void {
  mkdirSync(join(folder, 'bin'))
  copyFileSync('/bin/sh', join(folder, 'bin', 'sh'))
}

/** Files of the host's /etc that the program looks things up in, so that both sides have the same ones; one that the host lacks, both lack. */
function copyData(folder: string, names: readonly string[]): void {
  if (names.length > 0) mkdirSync(join(folder, 'etc'))
  for (const name of names) if (existsSync(`/etc/${name}`)) copyFileSync(`/etc/${name}`, join(folder, 'etc', name))
}

function copyRuntime(folder: string): void {
  const into = join(folder, 'lib', 'x86_64-linux-gnu')
  mkdirSync(into, { recursive: true })
  for (const name of RUNTIME) {
    const from = run('gcc', [`-print-file-name=${name}`])
    if (from !== name) copyFileSync(from, join(into, name))
  }
}
