/** A dynamically linked program: ld.so over the process's memory, the made libc.so under all its names, the hosted library behind it. */

import type { LinkMapEntry } from '@bootgraph/build-graph'
import { Gpr } from '@bootgraph/cpu'
import type { Co, Context, Kernel, Process } from '@bootgraph/kernel'
import { type Dso, Linker, type LoaderFile, type LoaderPort, type MissingSymbol, startStack } from '@bootgraph/ld-so'
import { Pt } from '@bootgraph/ld-so/elf'
import {
  finalize,
  flushAll,
  Libc,
  type LibcObserver,
  type LinkerPort,
  type LoadedObject,
  linuxGnu,
  prepareStreams,
} from '@bootgraph/relibc'
import { type Import, importsOf } from './imports.ts'
import { type LoaderPortOptions, loaderPort } from './loader-port.ts'
import type { MissingGates } from './missing-gates.ts'
import { mapStack, STACK_TOP, stackBottom } from './stack.ts'

/** Names of the C library's parts that a program built for Linux needs; one object serves them all. */
const LIBC_NAMES = [
  'libc.so.6',
  'libm.so.6',
  'libdl.so.2',
  'libpthread.so.0',
  'librt.so.1',
  'libutil.so.1',
  'libresolv.so.2',
  'libcrypt.so.1',
  'ld-linux-x86-64.so.2',
  'libc.so',
]
const DEFAULT_DIRECTORIES = ['/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu', '/lib', '/usr/lib']
const AT = { phdr: 3, phent: 4, phnum: 5, pagesz: 6, base: 7, entry: 9, uid: 11, euid: 12, gid: 13, egid: 14, secure: 23 } as const

export interface DynamicOptions {
  readonly kernel: Kernel
  readonly libc: LoaderFile
  readonly functions: MissingGates
  readonly observer: LibcObserver
  missing(symbol: MissingSymbol, cx: Context, functions: MissingGates): ReturnType<LoaderPortOptions['missing']>
  readonly trace?: (line: string) => void
  /** A name that an object other than libc.so imports, once per object. */
  imported(dso: Dso, symbol: Import): void
  onLibc(libc: Libc): void
}

export type DynamicResult =
  | { readonly ok: true; readonly linkMap: readonly LinkMapEntry[] }
  | { readonly ok: false; readonly message: string }

export function* loadDynamic(
  options: DynamicOptions,
  cx: Context,
  path: string,
  argv: readonly Uint8Array[],
  envp: readonly Uint8Array[],
): Co<DynamicResult> {
  const { kernel } = options
  const { state } = cx.process.cpu
  const decoder = new TextDecoder()
  const environment = envp.map((each) => decoder.decode(each))
  if (mapStack(cx, kernel.calls) < 0) return { ok: false, message: `${path}: no memory for its stack` }
  // Resolvers of indirect functions run while the program is bound, before its own stack is written.
  state.setNumber(Gpr.rsp, STACK_TOP - 0x1_0000)
  const portOf = (own: Context, functions: MissingGates): LoaderPort =>
    loaderPort(kernel, own, {
      missing: (symbol) => options.missing(symbol, own, functions),
      ...(options.trace ? { trace: options.trace } : {}),
    })
  const port = portOf(cx, options.functions)
  const variable = (name: string): string | undefined => environment.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1)
  const list = (name: string, separator: string | RegExp): string[] => variable(name)?.split(separator).filter(Boolean) ?? []
  const guard = new Uint32Array(2)
  kernel.random.fill(new Uint8Array(guard.buffer))
  const linker = new Linker(port, {
    libraryPath: list('LD_LIBRARY_PATH', ':'),
    preload: list('LD_PRELOAD', /[: ]/),
    bindNow: (variable('LD_BIND_NOW') ?? '') !== '',
    defaultDirectories: DEFAULT_DIRECTORIES,
    providers: new Map(LIBC_NAMES.map((name) => [name, options.libc])),
    tcbSize: 0x1000,
    surplus: 0x4000,
    stackGuard: [guard[0] & 0xffff_ff00, guard[1]],
  })
  const loaded = yield* linker.loadProgram(path)
  if (!loaded.ok)
    return { ok: false, message: `ld.so: ${loaded.errors[0]}${loaded.errors.length > 1 ? ` (and ${loaded.errors.length - 1} more)` : ''}` }
  const { main, entry } = loaded.value
  for (const dso of linker.linkMap) {
    if (dso.digest === options.libc.digest) continue
    for (const symbol of importsOf(dso, cx.process.cpu.memory)) options.imported(dso, symbol)
  }
  const pointer = linker.tls.allocate()
  if (pointer === undefined) return { ok: false, message: `${path}: no memory for thread-local storage` }
  state.fsBase = BigInt(pointer)
  const sp = startStack(
    {
      argv: argv.map((each) => decoder.decode(each)),
      envp: environment,
      auxv: [
        [AT.phdr, main.phdrAddress],
        [AT.phent, 56],
        [AT.phnum, main.segments.length],
        [AT.pagesz, 4096],
        [AT.base, 0],
        [AT.entry, entry],
        [AT.uid, 0],
        [AT.euid, 0],
        [AT.gid, 0],
        [AT.egid, 0],
        [AT.secure, 0],
      ],
      top: STACK_TOP,
    },
    port.memory,
  )
  const envpAt = sp + 8 * (argv.length + 2)
  const args = [argv.length, sp + 8, envpAt]
  /** What of the library hangs on the linker, here and in every child. */
  const linked = (own: Linker, functions: MissingGates) => ({
    functions,
    object: (name: string) => own.addressOf(name),
    linker: linkerPort(own, args),
    forked(child: Process) {
      const gates = functions.fork()
      return linked(own.fork(portOf(child.contexts[0], gates)), gates)
    },
  })
  const { linker: linking, ...own } = linked(linker, options.functions)
  const libc = new Libc({
    process: cx.process,
    kernel: kernel.calls,
    coroutines: kernel,
    abi: linuxGnu,
    observer: options.observer,
    made: options.onLibc,
    ...own,
  })
  const ready = libc.prepare(cx, {
    linker: linking,
    auxv: envpAt + 8 * (envp.length + 1),
    stack: { low: stackBottom, high: STACK_TOP },
    executable: path,
    exitHooks: {
      *handlers(c) {
        yield* finalize(c, 0)
      },
      *flush(c) {
        yield* flushAll(c)
      },
    },
    envp: envpAt,
  })
  if (!ready) return { ok: false, message: `${path}: no memory for the C library` }
  prepareStreams(libc)
  cx.process.personality = libc
  state.setNumber(Gpr.rsp, sp)
  yield* linker.initialise(undefined, args)
  state.setNumber(Gpr.rsp, sp)
  state.setNumber(Gpr.rdx, 0)
  state.rip = BigInt(entry)
  return {
    ok: true,
    linkMap: linker.linkMap.map((dso) => ({
      path: dso.path,
      digest: dso.digest,
      base: dso.base,
      origin: dso.digest === options.libc.digest ? 'made' : 'file',
    })),
  }
}

function linkerPort(linker: Linker, args: readonly number[]): LinkerPort {
  /** Handles are the addresses of the objects. */
  const byHandle = (handle: number): Dso | undefined => linker.linkMap.find((dso) => dso.start === handle)
  const asking = (caller: number): Dso | undefined => linker.linkMap.find((dso) => caller >= dso.start && caller < dso.end)
  const describe = (dso: Dso): LoadedObject => {
    const segment = (type: number) => dso.segments.find((each) => each.type === type)
    const address = (type: number) => {
      const found = segment(type)
      return found ? dso.base + found.vaddr : 0
    }
    return {
      path: dso.path,
      base: dso.base,
      phdr: dso.phdrAddress,
      phnum: dso.segments.length,
      start: dso.start,
      end: dso.end,
      dynamic: address(Pt.dynamic),
      ehFrameHdr: address(Pt.gnuEhFrame),
      tlsModule: dso.tlsModule,
    }
  }
  return {
    *dlopen(path, flags, caller) {
      const opened = yield* linker.dlopen(path ?? '', flags, asking(caller), args)
      return opened.ok ? { ok: true, value: opened.value.start } : { ok: false, error: opened.errors[0] ?? 'dlopen failed' }
    },
    *dlsym(handle, name, version, caller) {
      const from = asking(caller)
      const within = handle === 0 ? 'default' : handle === -1 && from ? { next: from } : byHandle(handle)
      if (within === undefined) return { ok: false, error: 'invalid handle' }
      const value = yield* linker.dlsym(name, within, version)
      return value === undefined ? { ok: false, error: `undefined symbol: ${name}` } : { ok: true, value }
    },
    *dlclose(handle) {
      const dso = byHandle(handle)
      if (dso === undefined || !(yield* linker.dlclose(dso))) return { ok: false, error: 'invalid handle' }
      return { ok: true, value: 0 }
    },
    dladdr(address) {
      const found = linker.dladdr(address)
      if (found === undefined) return undefined
      const object = describe(found.dso)
      return found.symbol === '' ? { object } : { object, symbol: { name: found.symbol, address: found.value } }
    },
    objects: () => linker.linkMap.map(describe),
    tlsGetAddr: (threadPointer, module, offset) => linker.tls.address(threadPointer, module, offset) ?? 0,
    allocateThread: () => linker.tls.allocate() ?? 0,
    freeThread: (threadPointer) => linker.tls.free(threadPointer),
    finalise: () => linker.finalise(),
  }
}
