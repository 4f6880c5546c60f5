/** Links a real rustc against a made C library. BOOTGRAPH_NATIVE_ROOT names an unpacked toolchain tree of the host's kind. */
import { existsSync, readFileSync } from 'node:fs'
import { makeSharedObject } from '../src/elf/index.ts'
import { Linker, type LoaderFile, type MissingSymbol, type Program } from '../src/index.ts'
import { arrayPort, fileOf, finish } from './array-port.ts'

const nativeRoot = process.env.BOOTGRAPH_NATIVE_ROOT ?? ''
const rustc = '/usr/bin/rustc'
export const hasToolchain = nativeRoot !== '' && existsSync(nativeRoot + rustc)

const sonames = ['libc.so.6', 'libm.so.6', 'libpthread.so.0', 'libdl.so.2', 'librt.so.1', 'ld-linux-x86-64.so.2']
const files = new Map<string, LoaderFile | undefined>()
/** Read once, so that a second link measures the linker and not the disk. */
function open(path: string): LoaderFile | undefined {
  if (!files.has(path)) files.set(path, existsSync(nativeRoot + path) ? fileOf(path, readFileSync(nativeRoot + path)) : undefined)
  return files.get(path)
}

/** The whole guest address space: 4 GiB, of which the host backs only what is touched. */
const memory = (): Uint8Array => new Uint8Array(new WebAssembly.Memory({ initial: 65536, maximum: 65536 }).buffer)

export interface RustcLink {
  readonly errors: readonly string[]
  readonly missed: readonly MissingSymbol[]
  readonly program: Program | undefined
  readonly linker: Linker
  readonly port: ReturnType<typeof arrayPort>
  readonly guestCalls: number
  readonly milliseconds: number
}

export function linkRustc(libc: Uint8Array): RustcLink {
  const port = arrayPort(memory(), open)
  const provider = fileOf('/made/libc.so', libc)
  const linker = new Linker(port, {
    libraryPath: [],
    defaultDirectories: ['/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu'],
    tcbSize: 4096,
    surplus: 4096,
    stackGuard: [1, 2],
    providers: new Map(sonames.map((name) => [name, provider])),
  })
  const calls: { call: number; args: readonly number[] }[] = []
  const start = performance.now()
  const linked = finish(linker.loadProgram(rustc), calls)
  const milliseconds = performance.now() - start
  return {
    errors: linked.ok ? [] : linked.errors,
    missed: port.missed,
    program: linked.ok ? linked.value : undefined,
    linker,
    port,
    guestCalls: calls.length,
    milliseconds,
  }
}

/** A C library that defines exactly what the closure asks for and no object in it has. */
export function libcFor(missed: readonly MissingSymbol[]): Uint8Array {
  const wanted = new Map(missed.map((symbol) => [symbol.name, symbol]))
  const rows = [...wanted.values()].filter(({ weak, kind }) => !weak || kind === 'function' || kind === 'object')
  return makeSharedObject({
    soname: 'libc.so.6',
    functions: rows.filter(({ kind }) => kind !== 'object').map(({ name }) => ({ name, code: Uint8Array.of(0xc3) })),
    objects: rows.filter(({ kind }) => kind === 'object').map(({ name }) => ({ name, size: 64, align: 32 })),
  })
}

export const emptyLibc = (): Uint8Array => makeSharedObject({ soname: 'libc.so.6', functions: [], objects: [] })
