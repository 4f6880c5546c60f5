/** What compilers call: handlers of exit by object (Itanium C++ ABI §3.3.6), thread-local destructors, the stack protector, assert. */
import { type Co, callGuest } from '@bootgraph/kernel'
import { Thread } from '../../platform/thread-block.ts'
import { TlsDestructor } from '../../platform/threads.ts'
import { path, readable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, callback, type HeaderTable, leaf, object } from '../../registry/define.ts'
import { die } from '../start/exit.ts'
import { free, malloc } from '../stdlib/malloc.ts'
import { storage } from '../storage.ts'

/** One registered handler, a block of the heap. */
const Handler = { next: 0, fn: 8, argument: 16, object: 24, takesStatus: 32, size: 40 } as const
/** __libc_atexit: the lists of exit and of quick_exit. */
const Lists = { exit: 0, quick: 8, size: 16 } as const

function register(c: LibcCall, fn: number, argument: number, dso: number, list: number = Lists.exit, takesStatus = false): number {
  const at = malloc(c, Handler.size)
  if (at === 0) return -1
  const head = storage(c, '__libc_atexit') + list
  c.memory.setU32(at + Handler.takesStatus, takesStatus ? 1 : 0)
  c.memory.setSize(at + Handler.next, c.memory.getSize(head))
  c.memory.setSize(at + Handler.fn, fn)
  c.memory.setSize(at + Handler.argument, argument)
  c.memory.setSize(at + Handler.object, dso)
  c.memory.setSize(head, at)
  return 0
}

/** Takes the last handler registered, of one object if `dso` is not 0. A list that the program overwrote ends. */
function takeHandler(c: LibcCall, dso: number, list: number): number {
  let link = storage(c, '__libc_atexit') + list
  for (let at = c.memory.getSize(link); readable(c, at, Handler.size); at = c.memory.getSize(link)) {
    if (dso === 0 || c.memory.getSize(at + Handler.object) === dso) {
      c.memory.setSize(link, c.memory.getSize(at + Handler.next))
      return at
    }
    link = at + Handler.next
  }
  return 0
}

/** Runs handlers, last registered first; one that registers more gets them run next. `dso` 0 = all, as exit does. */
export function* finalize(c: LibcCall, dso: number, list: number = Lists.exit): Co<void> {
  for (let at = takeHandler(c, dso, list); at !== 0; at = takeHandler(c, dso, list)) {
    const [fn, argument] = [c.memory.getSize(at + Handler.fn), c.memory.getSize(at + Handler.argument)]
    const status = c.memory.getU32(at + Handler.takesStatus) === 0 ? [] : [c.memory.getI32(storage(c, '__libc_exit_status'))]
    free(c, at)
    yield* callGuest(fn, ...status, argument)
  }
}

function* quickExit(c: LibcCall, status: number): Co<never> {
  const { cx } = c
  yield* finalize(c, 0, Lists.quick)
  return yield* c.kernel.exit(cx, status & 0xff)
}

function threadAtexit(c: LibcCall, fn: number, argument: number): number {
  const at = malloc(c, TlsDestructor.size)
  if (at === 0) return -1
  const head = c.cx.threadPointer + Thread.destructors
  c.memory.setSize(at + TlsDestructor.next, c.memory.getSize(head))
  c.memory.setSize(at + TlsDestructor.fn, fn)
  c.memory.setSize(at + TlsDestructor.object, argument)
  c.memory.setSize(head, at)
  return 0
}

/** A last line on standard error, then SIGABRT. */
function* fatal(c: LibcCall, line: string): Co<never> {
  const { cx } = c
  yield* c.kernel.write(cx, 2, new TextEncoder().encode(`${line}\n`))
  c.cx = cx
  return yield* die(c)
}

/** `name: `, as far as the program's name is known yet. */
function program(c: LibcCall): string {
  const name = c.string(c.memory.getSize(c.object('program_invocation_short_name')))
  return name === '' ? '' : `${name}: `
}

const named = (c: LibcCall, at: number): string => (at === 0 ? '?' : (path(c, at) ?? '?'))

export const cxa: HeaderTable = {
  name: 'cxa, stack protector, assert',
  spec: 'https://itanium-cxx-abi.github.io/cxx-abi/abi.html#dso-dtor-runtime-api',
  rows: [
    object('__libc_atexit', Lists.size, 8),
    leaf('__cxa_atexit', 'int(ptr, ptr, ptr)', (c, fn: number, argument: number, dso: number) => register(c, fn, argument, dso)),
    callback('__cxa_finalize', 'void(ptr)', (c, dso: number) => finalize(c, dso)),
    leaf('__cxa_at_quick_exit', 'int(ptr, ptr)', (c, fn: number, dso: number) => register(c, fn, 0, dso, Lists.quick)),
    leaf('at_quick_exit', 'int(ptr)', (c, fn: number) => register(c, fn, 0, 0, Lists.quick)),
    leaf('on_exit', 'int(ptr, ptr)', (c, fn: number, argument: number) => register(c, fn, argument, 0, Lists.exit, true)),
    callback('quick_exit', 'void(int)', quickExit),
    leaf('__cxa_thread_atexit_impl', 'int(ptr, ptr, ptr)', threadAtexit),
    leaf('atexit', 'int(ptr)', (c, fn: number) => register(c, fn, 0, 0)),
    callback('__assert_fail', 'void(ptr, ptr, uint, ptr)', (c, expression: number, file: number, line: number, fn: number) =>
      fatal(c, `${program(c)}${named(c, file)}:${line}: ${named(c, fn)}: Assertion \`${named(c, expression)}' failed.`),
    ),
    callback('__chk_fail', 'void()', (c) => fatal(c, '*** buffer overflow detected ***: terminated')),
    callback('__stack_chk_fail', 'void()', (c) => fatal(c, '*** stack smashing detected ***: terminated')),
    leaf('__fdelt_chk', 'long(long)', (c, fd: number) => {
      if (fd < 0 || fd >= 1024) c.kernel.tkill(c.cx, c.cx.tid, 6)
      return Math.floor(fd / 64)
    }),
    alias('__fdelt_warn', '__fdelt_chk'),
  ],
}
