/** Sends what a guest prints while it prints it. The result names the whole log, so a piece that cannot be sent is no failure. */
import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds between looks. */
const PAUSE = 250
/** Bytes of one piece. */
const PIECE = 256 * 1024

export interface Follower {
  /** Sends what is left. */
  stop(): Promise<void>
}

/** `send` gives the offset that is expected next. */
export function followLog(file: string, send: (start: number, bytes: Uint8Array) => Promise<number>): Follower {
  const ended = new AbortController()
  let at = 0
  const sendNew = async (): Promise<void> => {
    const handle = await open(file, 'r').catch(() => undefined)
    if (handle === undefined) return
    try {
      for (;;) {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(PIECE), 0, PIECE, at)
        if (bytesRead === 0) return
        at = await send(at, buffer.subarray(0, bytesRead))
      }
    } finally {
      await handle.close()
    }
  }
  const run = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await sendNew()
      await sleep(PAUSE, undefined, { signal: ended.signal }).catch(() => {})
    }
    await sendNew()
  }
  // A refusal means that the attempt has ended: nobody wants the rest.
  const running = run().catch(() => {})
  return {
    async stop() {
      ended.abort()
      await running
    },
  }
}
