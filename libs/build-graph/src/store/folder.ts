/**
 * A store in a local folder: `blobs/<first two digits>/<digest>`. A blob is written to `incoming/`, hashed on the way,
 * synced, and only then renamed into place; whatever fails before that leaves nothing but a file that is removed.
 */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Digest, isDigest } from '../digest.ts'
import { corrupt, mismatch, missing, pieces, type Store, StoreError } from './store.ts'

export interface FolderOptions {
  /**
   * Whether each blob is on the disk when `put` returns (the default). An import of tens of thousands of files that is
   * named only after one sync of everything may say false.
   */
  readonly durable?: boolean
  /** Whether a blob that is there already is compared with what is put, so that damage on the disk is mended. Otherwise its size is enough. */
  readonly mends?: boolean
  /** Opens the file that a blob is written to; tests hand in one that fails. */
  readonly openForWriting?: (path: string) => Promise<Pick<FileHandle, 'write' | 'sync' | 'close'>>
}

export const blobPath = (folder: string, digest: Digest): string => join(folder, 'blobs', digest.slice(0, 2), digest)

export function folderStore(folder: string, options: FolderOptions = {}): Store {
  const { durable = true, mends = false, openForWriting = (path) => open(path, 'wx', 0o644) } = options
  const made = new Set<string>()
  const ensure = async (path: string): Promise<void> => {
    if (made.has(path)) return
    await mkdir(path, { recursive: true })
    made.add(path)
  }
  const size = async (digest: Digest): Promise<number | undefined> =>
    stat(blobPath(folder, digest)).then(
      (s) => s.size,
      (error) => {
        if (isMissing(error)) return undefined
        throw fault(error, folder)
      },
    )
  const isWhole = async (digest: Digest, content: Uint8Array): Promise<boolean> =>
    readFile(blobPath(folder, digest)).then(
      (found) => found.equals(content),
      () => false,
    )
  return {
    has: async (digest) => (await size(digest)) !== undefined,
    size,
    async get(digest) {
      const blob = await readFile(blobPath(folder, digest)).catch((error) => {
        throw isMissing(error) ? missing(digest) : fault(error, folder)
      })
      const found = createHash('sha256').update(blob).digest('hex')
      if (found !== digest) throw corrupt(digest, found)
      return new Uint8Array(blob.buffer, blob.byteOffset, blob.length)
    },
    async *read(digest) {
      const hash = createHash('sha256')
      let held: Uint8Array | undefined
      try {
        for await (const piece of createReadStream(blobPath(folder, digest)) as AsyncIterable<Buffer>) {
          hash.update(piece)
          if (held) yield held
          held = piece
        }
      } catch (error) {
        throw isMissing(error) ? missing(digest) : fault(error, folder)
      }
      const found = hash.digest('hex')
      if (found !== digest) throw corrupt(digest, found)
      if (held) yield held
    },
    async put(content, expected) {
      if (content instanceof Uint8Array) {
        const digest = createHash('sha256').update(content).digest('hex') as Digest
        if (expected !== undefined && expected !== digest) throw mismatch(expected, digest)
        if ((await size(digest)) === content.length && (!mends || (await isWhole(digest, content)))) return { digest, size: content.length }
      }
      const incoming = join(folder, 'incoming')
      await ensure(incoming)
      const temporary = join(incoming, randomUUID())
      let source: { readonly error: unknown } | undefined
      async function* watched(): AsyncIterable<Uint8Array> {
        try {
          yield* pieces(content)
        } catch (error) {
          source = { error }
          throw error
        }
      }
      try {
        const written = await write(await openForWriting(temporary), watched(), durable)
        if (expected !== undefined && expected !== written.digest) throw mismatch(expected, written.digest)
        const path = blobPath(folder, written.digest)
        await ensure(join(path, '..'))
        await rename(temporary, path)
        return written
      } catch (error) {
        await rm(temporary, { force: true })
        throw error instanceof StoreError || error === source?.error ? error : fault(error, folder)
      }
    },
    async *list() {
      for (const prefix of await readdir(join(folder, 'blobs')).catch(() => [])) {
        for (const name of await readdir(join(folder, 'blobs', prefix))) if (isDigest(name)) yield name
      }
    },
    remove: (digest) => rm(blobPath(folder, digest), { force: true }),
  }
}

type Output = Pick<FileHandle, 'write' | 'sync' | 'close'>

/** Writes all pieces and syncs; a disk that takes fewer bytes than asked is asked again, and one that takes none is full. */
async function write(file: Output, content: AsyncIterable<Uint8Array>, durable: boolean): Promise<{ digest: Digest; size: number }> {
  const hash = createHash('sha256')
  let size = 0
  try {
    for await (const piece of content) {
      hash.update(piece)
      for (let at = 0; at < piece.length; ) {
        const { bytesWritten } = await file.write(piece, at, piece.length - at)
        if (bytesWritten === 0) throw Object.assign(new Error('the disk took no more bytes'), { code: 'ENOSPC' })
        at += bytesWritten
      }
      size += piece.length
    }
    if (durable) await file.sync()
  } finally {
    await file.close()
  }
  return { digest: hash.digest('hex') as Digest, size }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code
const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR'

function fault(error: unknown, folder: string): StoreError {
  const code = codeOf(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') return new StoreError('no-space', `no space left for the store ${folder}`, { cause: error })
  return new StoreError('io', `the store ${folder}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
}
