import { fstatSync, readSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { StdioPort } from '@bootgraph/kernel'

const pause = new Int32Array(new SharedArrayBuffer(4))

/** A host descriptor that is not ready (it is non-blocking): sleep a little. Only the wall clock notices. */
function notReady(error: unknown): boolean {
  if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return false
  Atomics.wait(pause, 0, 0, 2)
  return true
}

/** Writes all bytes to a host descriptor. False if nobody reads any more. */
export function writeAll(fd: number, bytes: Uint8Array): boolean {
  let done = 0
  while (done < bytes.length) {
    try {
      done += writeSync(fd, bytes, done)
    } catch (error) {
      if (notReady(error)) continue
      return false
    }
  }
  return true
}

/** Reads up to `into.length` bytes; 0 at the end. Blocks. */
export function readSome(fd: number, into: Uint8Array): number {
  for (;;) {
    try {
      return readSync(fd, into)
    } catch (error) {
      if (notReady(error)) continue
      return 0
    }
  }
}

/** A descriptor of the node's own process as a guest file. Reading blocks the node only when nothing else can run. */
export function hostStdio(fd: number): StdioPort {
  const kind = isatty(fd) ? 'terminal' : fileKind(fd)
  return {
    kind,
    read(into, mayBlock) {
      if (mayBlock || kind === 'file') return readSome(fd, into)
      try {
        return readSync(fd, into)
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 'would-block' : 0
      }
    },
    write: (from) => writeAll(fd, from),
  }
}

function fileKind(fd: number): 'pipe' | 'file' {
  try {
    return fstatSync(fd).isFile() ? 'file' : 'pipe'
  } catch {
    return 'pipe'
  }
}
