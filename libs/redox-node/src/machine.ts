/** One node from request to report: composes kernel, file layers, gap record and loader, runs, and says what came out. */

import { join } from 'node:path'
import type { EndReason, Fault, GapKind, NodeEvent, NodeReport, NodeRequest, ProgramAbi } from '@bootgraph/build-graph'
import { REPORT_VERSION } from '@bootgraph/build-graph'
import { type Cpu, createCpu, HandlerBook } from '@bootgraph/cpu'
import type { Era, FileLayer, Inode, StdioPort } from '@bootgraph/kernel'
import { CallTrace, Kernel, walk } from '@bootgraph/kernel'
import { GapRecord } from './gap-record.ts'
import { copyOut } from './host/copy-out.ts'
import { folderLayer, type MakeLink } from './host/folder-layer.ts'
import { hostStdio } from './host/stdio.ts'
import { Stop, Word } from './host/supervisor.ts'
import { translationCache } from './host/translation-cache.ts'
import { treeLayer } from './host/tree-layer.ts'
import { stackOf } from './load/demand.ts'
import { Loader } from './load/loader.ts'
import { essentials } from './root/essentials.ts'
import { RunClock } from './run-clock.ts'

/** Guest stack that translated calls may use at once; the machine's thread has host stack for many times that. */
const STACK_SPAN = 0x20_0000

/** Kinds of gaps below the C library, as the kernel calls them. */
const KERNEL_GAPS: Readonly<Record<string, GapKind>> = { syscall: 'syscall', 'behaviour unsupported': 'behaviour-unsupported' }

/** Numbers of raw system calls by the program's ABI; the newest for all others. */
const ERAS: Readonly<Partial<Record<ProgramAbi, Era>>> = {
  'redox-2019-11': '2019-11',
  'redox-2022-03': '2022-03',
  'redox-2026-02': '2026-02',
}

function addTo(sum: Record<string, number>, counters: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counters)) sum[name] = (sum[name] ?? 0) + count
}

const hex = (address: number | bigint): string => `0x${address.toString(16)}`

/** `at f+0x12 of a module`, and the address that was asked for where it is not the instruction's own. */
const placeOf = ({ rip, address, stack }: Fault): string =>
  address === rip ? `at ${rip}${stack[0] ? `, called from ${stack[0]}` : ''}` : `at ${stack[0] ?? rip}, for address ${address}`

/** What the machine is made of. */
export interface MachineImage {
  /** Of the whole node image. */
  readonly digest: string
  /** Of the engine's code alone: translations are kept for it. */
  readonly cpu: string
}

/** `stdio` answers for the guest's descriptors 0, 1 and 2: by default the node process's own. `link` makes links in writable mounts. */
export function runMachine(
  request: NodeRequest,
  image: MachineImage,
  flags: Int32Array,
  emit: (event: NodeEvent) => void,
  stdio: (fd: number) => StdioPort = hostStdio,
  link?: MakeLink,
): NodeReport {
  const began = performance.now()
  const clock = new RunClock()
  clock.working('boot')
  const gaps = new GapRecord((gap) => emit({ event: 'gap', gap }))
  const encoder = new TextEncoder()
  const limit = request.timeout > 0 ? began + request.timeout * 1000 : undefined
  const translations = request.cache === undefined ? undefined : translationCache(join(request.cache, 'code'), image.cpu, limit)
  const handlers = new HandlerBook(translations, request.count)
  /** Those in use alone: each holds a whole address space, which a WeakRef would keep as well, as a run is one job of the host's. */
  const engines = new Set<Cpu>()
  /** Of all engines, in use or not. */
  const counters: Record<string, number> = {}
  const line = (text: string) => emit({ event: 'trace', line: text })
  const trace = request.trace.includes('libc') || request.trace.includes('syscall') ? new CallTrace(line) : undefined
  const layers: FileLayer[] = [
    ...request.roots.map((root) => ('tree' in root ? treeLayer(root.store, root.tree) : folderLayer(root.folder, false))),
    essentials(),
  ]
  const unsupported = (text: string) =>
    gaps.add(
      { truth: 'model', component: 'cpu', kind: 'instruction-unsupported', name: text.replace(/ at 0x.*/, '') },
      { found: 'call', symbol: text, module: request.program },
    )
  let failure: { reason: EndReason; message: string } | undefined
  let fault: Fault | undefined
  const kernel: Kernel = new Kernel({
    ports: {
      load: (cx, path, argv, envp) => loader.load(cx, path, argv, envp),
      gap: ({ truth, kind, name, detail, program }) =>
        gaps.add(
          { truth, component: 'kernel', kind: KERNEL_GAPS[kind] ?? 'scheme-operation', name },
          { found: 'call', symbol: name, module: program || request.program, detail },
        ),
      crashed(cx, info, rip) {
        // The first process is the one whose end the report tells.
        if (cx.process.pid === 1) fault = { rip: hex(rip), address: hex(info.address), stack: stackOf(cx.process, Number(rip)) }
      },
      seed: request.seed,
      memoryLimit: request.memory,
    },
    makeCpu(memory, ports) {
      const cpu = createCpu(
        memory,
        { ...ports, unsupported: (text) => unsupported(text) },
        {
          engine: request.engine,
          count: request.count,
          stackSpan: STACK_SPAN,
          handlers,
          measure: clock.measure,
          ...(translations ? { cache: translations } : {}),
        },
      )
      engines.add(cpu)
      return cpu
    },
    cpuRetired(cpu) {
      addTo(counters, cpu.counters())
      loader.retired(cpu)
      engines.delete(cpu)
    },
    layers,
    mounts: request.mounts.map((mount) => ({ at: mount.guest, layer: folderLayer(mount.host, mount.writable, link) })),
    stdio: [0, 1, 2].map(stdio),
    era: ERAS[request.abi] ?? '2026-08',
    ...(trace && request.trace.includes('syscall') ? { trace } : {}),
  })
  const loader = new Loader({
    kernel,
    request,
    image: image.digest,
    gaps,
    clock,
    emit: line,
    trace,
    refuse: (reason, message) => {
      failure ??= { reason, message }
    },
  })
  const argv = [request.program, ...request.args].map((text) => encoder.encode(text))
  const envp = Object.entries(request.env).map(([name, value]) => encoder.encode(`${name}=${value}`))
  const program = findProgram(kernel, request)
  clock.working('run')
  const ended = (() => {
    if (program === undefined) {
      failure = { reason: 'not-found', message: `${request.program}: no such program in the node` }
      return undefined
    }
    if (!isFolder(kernel, request.cwd)) {
      failure = { reason: 'refused', message: `${request.cwd}: no such folder in the node to work in` }
      return undefined
    }
    kernel.start(program, argv, envp, request.cwd)
    return kernel.run({
      ...(request.budget > 0 ? { budget: request.budget } : {}),
      shouldStop: () => failure !== undefined || Atomics.load(flags, Word.stop) !== Stop.none,
    })
  })()
  clock.working('keep')
  trace?.close()
  if (request.outputs)
    copyOut(kernel.root, request.outputs.paths, request.outputs.folder, request.memory, (path, target) =>
      emit({ event: 'link', path, target }),
    )
  for (const engine of engines) {
    engine.flushCache()
    addTo(counters, engine.counters())
  }
  clock.pause()
  const total = performance.now() - began

  const { budget } = kernel
  const limited = budget.refusals > 0 ? `the memory limit of ${budget.limit / 2 ** 20} MiB was met` : ''
  const exit = (): NodeReport['exit'] => {
    if (failure) {
      const code = { 'not-found': 127, 'not-executable': 126, memory: 126, gap: 1 }[failure.reason as string] ?? 125
      return { reason: failure.reason, code, message: failure.message }
    }
    if (ended === undefined) return { reason: 'defect', code: 125, message: 'the node ended without running anything' }
    switch (ended.kind) {
      case 'ended':
        if (ended.signal === 0) {
          const message = ended.status !== 0 && limited ? `${request.program}: ${limited}` : undefined
          return { reason: 'exit', code: ended.status, ...(message ? { message } : {}) }
        }
        return {
          reason: 'signal',
          code: 128 + ended.signal,
          signal: ended.signal,
          ...(fault ? { fault } : {}),
          message: `${request.program}: ended by signal ${ended.signal}${fault ? ` ${placeOf(fault)}` : ''}${limited ? `; ${limited}` : ''}`,
        }
      case 'budget':
        return { reason: 'budget', code: 124, message: `${request.program}: the fuel budget of ${request.budget} is used up` }
      case 'deadlock':
        return {
          reason: 'deadlock',
          code: 124,
          message: `${request.program}: a deadlock, as all of its contexts wait for each other: ${ended.blocked.join(', ')}`,
        }
      case 'stopped': {
        if (Atomics.load(flags, Word.stop) === Stop.timeout)
          return { reason: 'timeout', code: 124, message: `${request.program}: the time limit of ${request.timeout} s is over` }
        const signal = Atomics.load(flags, Word.signal)
        return { reason: 'signal', code: 128 + signal, signal }
      }
    }
  }
  return {
    version: REPORT_VERSION,
    image: image.digest,
    exit: exit(),
    request: { linkage: request.linkage, surface: request.surface, mode: request.mode, abi: request.abi, seed: request.seed },
    gaps: gaps.list(),
    calls: loader.calls(),
    syscalls: Object.fromEntries([...kernel.rawCalls].sort(([a], [b]) => (a < b ? -1 : 1))),
    fuel: kernel.fuel,
    memory: { limit: budget.limit, refusals: budget.refusals },
    ...(request.count ? { instructions: String(kernel.instructions) } : {}),
    linkMap: loader.linkMap,
    measured: {
      peakMemory: process.resourceUsage().maxRSS * 1024,
      guestPages: Math.ceil(budget.peak / 4096),
      time: { ...clock.phases, total, cpu: cpuTime() },
      objects: clock.objects,
      counters,
    },
  }
}

/** Milliseconds that every thread of this process computed, compilers of translations included. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** A name without a slash is looked for on PATH, as a shell does; anything else is a path. */
function findProgram(kernel: Kernel, request: NodeRequest): string | undefined {
  const { program } = request
  if (program === '') return undefined
  if (program.includes('/')) return exists(kernel, absolute(request.cwd, program)) ? program : undefined
  for (const folder of (request.env.PATH ?? '').split(':')) {
    const path = `${folder || '.'}/${program}`
    if (exists(kernel, absolute(request.cwd, path))) return path
  }
  return undefined
}

const absolute = (cwd: string, path: string): string => (path.startsWith('/') ? path : `${cwd}/${path}`)

const inodeAt = (kernel: Kernel, path: string): Inode | undefined => {
  const place = walk(kernel.root, kernel.root, path, true)
  return typeof place === 'number' ? undefined : place.inode
}
const exists = (kernel: Kernel, path: string): boolean => inodeAt(kernel, path) !== undefined
const isFolder = (kernel: Kernel, path: string): boolean => path.startsWith('/') && inodeAt(kernel, path)?.isDirectory === true
