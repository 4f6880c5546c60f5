/** Links mutated copies of real shared objects and programs; whatever they hold, the linker answers with a value or an error. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Linker, type LoaderFile } from '../src/index.ts'
import { arrayPort, fileOf, finish } from './array-port.ts'

/** Thread storage, copy, IFUNC, RELR, versions and both hash tables all appear in these. */
const LIBRARY = `int shared = 5; int *pointer = &shared; int table[3] = {1,2,3}; __thread int local = 42; int *address(void) { return &local; }
  static int real(void) { return 1; } static void *choose(void) { return real; } int chosen(void) __attribute__((ifunc("choose")));
  int (*by_ifunc)(void) = chosen; __attribute__((constructor)) void begin(void) { shared++; } void *__tls_get_addr(void *at) { return at; }`
const PROGRAM = `extern int table[3], shared; int *address(void); __thread int mine = 7; int *tls(void) { return &mine; }
  void _start(void) { table[0] = shared; address(); tls(); }`

function build(): { library: Uint8Array; program: Uint8Array } {
  const dir = mkdtempSync(join(tmpdir(), 'mutation-'))
  const gcc = (...args: string[]): void => void execFileSync('gcc', args, { cwd: dir, stdio: 'pipe' })
  writeFileSync(join(dir, 'l.c'), LIBRARY)
  writeFileSync(join(dir, 'm.c'), PROGRAM)
  writeFileSync(join(dir, 'v.map'), 'V1 { global: *; };')
  gcc('-shared', '-fPIC', '-nostdlib', 'l.c', '-o', 'libl.so', '-Wl,--version-script=v.map,--hash-style=both,-z,pack-relative-relocs')
  gcc('-nostdlib', '-pie', 'm.c', '-o', 'm', '-L.', '-ll', '-Wl,--hash-style=sysv')
  return { library: new Uint8Array(readFileSync(join(dir, 'libl.so'))), program: new Uint8Array(readFileSync(join(dir, 'm'))) }
}

export interface MutationCounts {
  readonly linked: number
  readonly refused: number
  /** Of one link, in milliseconds. */
  readonly longest: number
}

/** Runs `rounds` mutations from `seed`; a host exception is rethrown with the round that raised it. */
export function linkMutated(rounds: number, seed: number): MutationCounts {
  const originals = build()
  const u8 = new Uint8Array(20 << 20)
  let state = seed >>> 0
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 0x1_0000_0000) * below)
  }
  const odd = [0, 1, 0x7f, 0x80, 0xff]
  const mutate = (from: Uint8Array): Uint8Array => {
    const bytes = from.slice(0, random(20) === 0 ? random(from.length) : from.length)
    // Padding is most of a file; only bytes with content, and their neighbours, decide anything.
    for (let left = 1 + random(6), tries = 0; left > 0 && bytes.length > 0 && tries < 10_000; tries++) {
      const at = random(3) === 0 ? random(Math.min(1024, bytes.length)) : random(bytes.length)
      if (bytes[at] === 0 && bytes[at - 1] === 0 && random(50) !== 0) continue
      bytes[at] = random(2) === 0 ? odd[random(odd.length)] : random(256)
      left--
    }
    return bytes
  }
  let linked = 0
  let longest = 0
  for (let round = 0; round < rounds; round++) {
    u8.fill(0)
    const which = random(2)
    const files = new Map<string, LoaderFile>([
      ['/lib/libl.so', fileOf('/lib/libl.so', which === 0 ? mutate(originals.library) : originals.library)],
      ['/bin/m', fileOf('/bin/m', which === 1 ? mutate(originals.program) : originals.program)],
    ])
    const port = arrayPort(u8, (path) => files.get(path))
    const linker = new Linker(port, {
      libraryPath: [],
      defaultDirectories: ['/lib'],
      tcbSize: 4096,
      surplus: 1024,
      stackGuard: [1, 2],
      providers: new Map(),
    })
    const start = performance.now()
    try {
      const result = finish(linker.loadProgram('/bin/m'))
      if (result.ok) {
        linked++
        const thread = linker.tls.allocate()
        finish(linker.initialise([0, 0, 0]))
        for (const name of ['shared', 'local', 'chosen', 'nowhere']) finish(linker.dlsym(name, 'default', undefined, thread))
        for (const dso of linker.linkMap) linker.dladdr(dso.start + 0x1000)
        finish(linker.finalise())
      }
    } catch (error) {
      throw new Error(`seed ${seed}, round ${round}`, { cause: error })
    }
    longest = Math.max(longest, performance.now() - start)
  }
  return { linked, refused: rounds - linked, longest }
}
