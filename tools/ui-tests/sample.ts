/** Which of rustc's own single-file tests are run: equal shares of run-pass, check-pass and fail, chosen by the hash of their names. */
import { createHash } from 'node:crypto'
import { folderStore, listTree, TreeReader } from '@bootgraph/build-graph/store'
import { defaultPlace, installToolchain } from '@bootgraph/rustc-bootstrap'

export type Kind = 'run-pass' | 'check-pass' | 'fail'

export interface UiTest {
  /** Path below src/test/ui. */
  readonly name: string
  readonly kind: Kind
  readonly source: Uint8Array
  readonly flags: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

const FOLDER = 'src/test/ui'
/** Headers that ask for other files, other machines, several runs or a debugger (compiletest's words). */
const NEEDS_MORE =
  /^\/\/\s*(aux-build|aux-crate|revisions|incremental|ignore-(test|linux|64bit|x86_64|gnu|stage|tidy-never|llvm)|only-(?!linux|64bit|x86_64)|needs-(?!unwind)|build-aux-docs|pp-exact|run-rustfix-never|exec-env|unset-exec-env|min-llvm|min-system-llvm|assembly-output|unset-rustc-env)/m
const OTHER_FILES = /^\s*(pub\s+)?mod\s+\w+;|include(_str|_bytes)?!|#\[path|rust_test_helpers/m

/** @returns the tests in the order of their hashes, `share` of each kind. */
export async function sample(share: number): Promise<UiTest[]> {
  const place = defaultPlace()
  const { reference } = await installToolchain('rustc-source')
  const store = folderStore(place.store)
  const folder = new TreeReader(place.store, reference.tree).lookup(FOLDER)
  if (folder?.kind !== 'directory') throw new Error(`the source package has no ${FOLDER}`)
  const names: { readonly name: string; readonly digest: string; readonly order: string }[] = []
  for await (const { path, entry } of listTree(store, folder.digest)) {
    if (entry.kind !== 'file' || !path.endsWith('.rs') || path.includes('auxiliary/')) continue
    names.push({ name: path, digest: entry.digest, order: createHash('sha256').update(path).digest('hex') })
  }
  names.sort((a, b) => (a.order < b.order ? -1 : 1))
  const expectations = new Set<string>()
  for await (const { path } of listTree(store, folder.digest))
    if (path.endsWith('.stderr')) expectations.add(path.slice(0, -'.stderr'.length))

  const chosen: Record<Kind, UiTest[]> = { 'run-pass': [], 'check-pass': [], fail: [] }
  for (const { name, digest } of names) {
    if (Object.values(chosen).every((tests) => tests.length >= share)) break
    const source = await store.get(digest as never)
    const test = classify(name, source, expectations.has(name.slice(0, -'.rs'.length)))
    if (test && chosen[test.kind].length < share) chosen[test.kind].push(test)
  }
  return Object.values(chosen).flat()
}

function classify(name: string, source: Uint8Array, hasStderr: boolean): UiTest | undefined {
  const text = new TextDecoder().decode(source)
  if (NEEDS_MORE.test(text) || OTHER_FILES.test(text)) return undefined
  const header = (word: string): string[] =>
    [...text.matchAll(new RegExp(`^//\\s*${word}:\\s*(.*)$`, 'gm'))].map((match) => match[1].trim())
  const is = (word: string): boolean => new RegExp(`^//\\s*${word}\\b`, 'm').test(text)
  const kind = is('run-pass')
    ? 'run-pass'
    : is('check-pass') || is('build-pass')
      ? 'check-pass'
      : hasStderr && !is('run-fail')
        ? 'fail'
        : undefined
  if (kind === undefined) return undefined
  const edition = header('edition').map((year) => `--edition=${year}`)
  const flags = header('compile-flags').flatMap((line) => line.split(/\s+/))
  // Another target needs another standard library; a flag with a path means a place of compiletest's own.
  if (flags.some((flag) => flag.startsWith('--target') || flag.includes('{{') || flag === '--test')) return undefined
  const environment = Object.fromEntries(
    header('rustc-env').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  return { name, kind, source, flags: [...edition, ...flags], environment }
}
