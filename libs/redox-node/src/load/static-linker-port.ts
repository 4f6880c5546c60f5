/** What the C library of a static image asks of its linker: there is none, so nothing can be opened; the image describes itself. */
import type { Cpu } from '@bootgraph/cpu'
import { ehFrameHdrOf, type StaticProgram } from '@bootgraph/ld-so'
import type { Linked, LinkerPort, LoadedObject } from '@bootgraph/relibc'
import { callersOf } from './callers.ts'

/** As relibc answers in a static program (src/header/dlfcn/mod.rs). */
const NOT_SUPPORTED: Linked = { ok: false, error: 'dlfcn not supported' }

export function staticLinkerPort(program: StaticProgram, path: string, cpu: Cpu, onDlopen: (wanted: string) => void): LinkerPort {
  const { address, count } = program.headers
  const loads = program.image.outline.loads
  const object: LoadedObject = {
    path,
    base: 0,
    phdr: address,
    phnum: count,
    start: Math.min(...loads.map(({ vaddr }) => vaddr)),
    end: Math.max(...loads.map(({ vaddr, memsz }) => vaddr + memsz)),
    dynamic: 0,
    ehFrameHdr: ehFrameHdrOf(program.image),
    tlsModule: program.tls.staticSize > 0 ? 1 : 0,
  }
  const holds = (at: number): boolean => loads.some(({ vaddr, memsz }) => at >= vaddr && at < vaddr + memsz)
  const objectAt = (at: number): LoadedObject | undefined => (holds(at) ? object : undefined)
  return {
    // biome-ignore lint/correctness/useYield: nothing is opened
    *dlopen(wanted) {
      onDlopen(wanted ?? 'the program itself')
      return NOT_SUPPORTED
    },
    // biome-ignore lint/correctness/useYield: nothing is looked up
    *dlsym() {
      return NOT_SUPPORTED
    },
    // biome-ignore lint/correctness/useYield: nothing was opened
    *dlclose() {
      return NOT_SUPPORTED
    },
    objectAt,
    callers: (limit, at) =>
      callersOf(
        cpu,
        { objectAt, inputAt: (place) => program.inputAt(place), functionName: (place) => program.functionName(place) },
        limit,
        at,
      ),
    dladdr: (at) => (holds(at) ? { object } : undefined),
    objects: () => [object],
    tlsGetAddr: (threadPointer, module, offset) => program.tls.address(threadPointer, module, offset) ?? 0,
    allocateThread: () => program.tls.allocate() ?? 0,
    freeThread: (threadPointer) => program.tls.free(threadPointer),
    finalise: () => program.finalise(),
  }
}
