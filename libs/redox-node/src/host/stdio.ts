import { readSync, writeSync } from 'node:fs'

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
