/** Content-addressed blobs behind one small interface. A blob that can be read is whole: nothing partial ever gets a name. */
import type { Digest } from '../digest.ts'

export interface Store {
  has(digest: Digest): Promise<boolean>
  /** Bytes of a blob, or undefined if it is not there. */
  size(digest: Digest): Promise<number | undefined>
  /** @throws StoreError `missing` or `corrupt` (the content no longer has its digest). */
  get(digest: Digest): Promise<Uint8Array>
  /** Reads a blob in pieces; the last piece comes only after the whole was verified. */
  read(digest: Digest): AsyncIterable<Uint8Array>
  /**
   * Stores a blob; storing one that is there changes nothing. With `expected`, content of another digest is refused.
   * @throws StoreError `mismatch`, `no-space` or `io`, and what the source itself throws; after any of them nothing is left behind.
   */
  put(content: Uint8Array | AsyncIterable<Uint8Array>, expected?: Digest): Promise<Stored>
  /** Every blob's digest, in no order: for garbage collection and verification. */
  list(): AsyncIterable<Digest>
  remove(digest: Digest): Promise<void>
}

export interface Stored {
  readonly digest: Digest
  readonly size: number
}

export type StoreFault = 'missing' | 'corrupt' | 'mismatch' | 'no-space' | 'io'

export class StoreError extends Error {
  readonly fault: StoreFault
  constructor(fault: StoreFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.fault = fault
  }
}

export const missing = (digest: Digest): StoreError => new StoreError('missing', `the store has no blob ${digest}`)
export const corrupt = (digest: Digest, found: string): StoreError =>
  new StoreError('corrupt', `the blob ${digest} is damaged: its content has the digest ${found}`)
export const mismatch = (expected: Digest, found: Digest): StoreError =>
  new StoreError('mismatch', `expected content with the digest ${expected}, received ${found}`)

/** The content as pieces, whichever way it was handed over. */
export async function* pieces(content: Uint8Array | AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (content instanceof Uint8Array) yield content
  else yield* content
}
