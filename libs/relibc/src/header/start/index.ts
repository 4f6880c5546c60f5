/** Start of a program as crt1 and the linker see it (LSB core, __libc_start_main; ELF TLS ABI, __tls_get_addr). */
import { Gpr } from '@bootgraph/cpu'
import { type Co, callGuest } from '@bootgraph/kernel'
import { enter } from '../../platform/enter.ts'
import { platformOf } from '../../platform/platform.ts'
import { Thread } from '../../platform/thread-block.ts'
import { readable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, callback, type HeaderTable, leaf, object } from '../../registry/define.ts'
import { nameProgram } from '../err/index.ts'
import { callbackRows } from './callback.ts'
import { exit, exitRows } from './exit.ts'

/** Initialisers have run in the linker; `init` is what crt1 of before glibc 2.34 passes for a static image. */
function* startMain(c: LibcCall, main: number, argc: number, argv: number, init: number): Co<number> {
  const envp = argv + 8 * (argc + 1)
  if (argc > 0 && readable(c, argv, 8)) nameProgram(c, c.memory.getSize(argv))
  if (init !== 0 && platformOf(c).linker === undefined) yield* callGuest(init, argc, argv, envp)
  return enter(c, main, [argc, argv, envp], '__libc_main_returned')
}

/** tls_index: { module, offset }. */
function tlsGetAddr(c: LibcCall, index: number): number {
  const { linker } = platformOf(c)
  if (linker === undefined || !readable(c, index, 16)) {
    c.gap('__tls_get_addr', 'called without a dynamic linker, or with a bad tls_index')
    return 0
  }
  return linker.tlsGetAddr(c.memory.getSize(c.cx.threadPointer + Thread.tls), c.memory.getSize(index), c.memory.getSize(index + 8))
}

export const start: HeaderTable = {
  name: 'start',
  spec: 'https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/baselib---libc-start-main-.html',
  rows: [
    callback('__libc_start_main', 'int(ptr, int, ptr, ptr)', startMain),
    callback('__libc_main_returned', 'void()', (c) => exit(c, c.state.low(Gpr.rax))),
    leaf('__tls_get_addr', 'ptr(ptr)', tlsGetAddr),
    leaf('__errno_location', 'ptr()', (c) => c.cx.threadPointer + Thread.errno),
    alias('__errno', '__errno_location'),
    leaf('__h_errno_location', 'ptr()', (c) => c.cx.threadPointer + Thread.hErrno),
    leaf('gnu_get_libc_version', 'ptr()', (c) => c.object('__libc_version')),
    object('environ', 8, 8),
    alias('__environ', 'environ'),
    alias('_environ', 'environ'),
    object('__libc_version', 8, 1),
    object('__libc_single_threaded', 1, 1),
    ...exitRows,
    ...callbackRows,
  ],
}
