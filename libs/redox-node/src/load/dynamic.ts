/** A dynamically linked program: ld.so over the process's memory, the made libc.so under all its names, the hosted library behind it. */

import type { LinkMapEntry } from '@bootgraph/build-graph'
import type { Cpu } from '@bootgraph/cpu'
import type { Co, Context, Process } from '@bootgraph/kernel'
import { type Dso, Linker, type LoaderFile, type LoaderPort, type MissingSymbol } from '@bootgraph/ld-so'
import { Pt } from '@bootgraph/ld-so/elf'
import type { LinkerPort, LoadedObject } from '@bootgraph/relibc'
import { callersOf } from './callers.ts'
import { type HostedOptions, type Linkage, prepareStack, stackGuard, startHosted } from './hosted.ts'
import { type Import, importsOf } from './imports.ts'
import { type LoaderPortOptions, loaderPort } from './loader-port.ts'
import type { MissingGates } from './missing-gates.ts'
import { searchPaths, variable } from './search-paths.ts'

export interface DynamicOptions extends HostedOptions, Omit<LoaderPortOptions, 'missing'> {
  readonly libc: LoaderFile
  readonly functions: MissingGates
  missing(symbol: MissingSymbol, cx: Context, functions: MissingGates): ReturnType<LoaderPortOptions['missing']>
  /** A name that an object other than libc.so imports, once per object. */
  imported(dso: Dso, symbol: Import): void
}

export type LoadResult = { readonly ok: true; readonly linkMap: readonly LinkMapEntry[] } | { readonly ok: false; readonly message: string }

export function* loadDynamic(
  options: DynamicOptions,
  cx: Context,
  path: string,
  argv: readonly Uint8Array[],
  envp: readonly Uint8Array[],
): Co<LoadResult> {
  const { kernel } = options
  // Resolvers of indirect functions run while the program is bound, before its own stack is written.
  if (!prepareStack(options, cx)) return { ok: false, message: `${path}: no memory for its stack` }
  const portOf = (own: Context, functions: MissingGates): LoaderPort =>
    loaderPort(kernel, own, {
      ...options,
      missing(symbol) {
        const answer = options.missing(symbol, own, functions)
        const said = typeof answer === 'number' ? `0x${answer.toString(16)}` : answer
        options.trace?.(`ld.so missing("${symbol.name}", "${symbol.requester}") = ${said}`)
        return answer
      },
    })
  const linker = new Linker(portOf(cx, options.functions), {
    ...searchPaths(envp, options.libc),
    preload: (variable(envp, 'LD_PRELOAD') ?? '').split(/[: ]/).filter(Boolean),
    bindNow: (variable(envp, 'LD_BIND_NOW') ?? '') !== '',
    tcbSize: 0x1000,
    surplus: 0x4000,
    stackGuard: stackGuard(kernel),
  })
  const loaded = yield* linker.loadProgram(path)
  if (!loaded.ok)
    return { ok: false, message: `ld.so: ${loaded.errors[0]}${loaded.errors.length > 1 ? ` (and ${loaded.errors.length - 1} more)` : ''}` }
  const { main, entry, tls } = loaded.value
  for (const dso of linker.linkMap) {
    if (dso.digest === options.libc.digest) continue
    for (const symbol of importsOf(dso, cx.process.cpu.memory)) options.imported(dso, symbol)
  }
  const linkage = (own: Linker, functions: MissingGates, args: readonly number[], cpu: Cpu): Linkage => ({
    functions,
    object: (name) => own.addressOf(name),
    linker: linkerPort(own, args, cpu),
    forked(child: Process) {
      const gates = functions.fork()
      return linkage(own.fork(portOf(child.contexts[0], gates)), gates, args, child.cpu)
    },
  })
  const wrong = yield* startHosted(options, cx, {
    path,
    argv,
    envp,
    entry,
    headers: { address: main.phdrAddress, count: main.segments.length },
    tls,
    linkage: (args) => linkage(linker, options.functions, args, cx.process.cpu),
    initialise: (args) => linker.initialise(args),
  })
  if (wrong !== undefined) return { ok: false, message: wrong }
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

function linkerPort(linker: Linker, args: readonly number[], cpu: Cpu): LinkerPort {
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
  const objectAt = (address: number): LoadedObject | undefined => {
    const found = linker.objectAt(address)
    return found && describe(found)
  }
  return {
    *dlopen(path, flags, caller) {
      const opened = yield* linker.dlopen(path ?? '', flags, asking(caller), args)
      return opened.ok ? { ok: true, value: opened.value.start } : { ok: false, error: opened.errors[0] ?? 'dlopen failed' }
    },
    *dlsym(handle, name, version, caller, threadPointer) {
      const from = asking(caller)
      const within = handle === 0 ? 'default' : handle === -1 && from ? { next: from } : byHandle(handle)
      if (within === undefined) return { ok: false, error: 'invalid handle' }
      const value = yield* linker.dlsym(name, within, version, threadPointer)
      return value === undefined ? { ok: false, error: `undefined symbol: ${name}` } : { ok: true, value }
    },
    *dlclose(handle) {
      const dso = byHandle(handle)
      if (dso === undefined || !(yield* linker.dlclose(dso))) return { ok: false, error: 'invalid handle' }
      return { ok: true, value: 0 }
    },
    objectAt,
    callers: (limit, at) => callersOf(cpu, { objectAt, functionName: (address) => linker.functionName(address) }, limit, at),
    dladdr(address) {
      const found = linker.dladdr(address)
      if (found === undefined) return undefined
      const object = describe(found.dso)
      return found.symbol === '' ? { object } : { object, symbol: { name: found.symbol, address: found.value, entry: found.entry } }
    },
    objects: () => linker.linkMap.map(describe),
    tlsGetAddr: (threadPointer, module, offset) => linker.tls.address(threadPointer, module, offset) ?? 0,
    allocateThread: () => linker.tls.allocate() ?? 0,
    freeThread: (threadPointer) => linker.tls.free(threadPointer),
    finalise: () => linker.finalise(),
  }
}
