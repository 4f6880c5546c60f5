/** Trees made without a store: their digests name them at once, their blobs are stored before anything runs. */
import { type Digest, encodeDirectory, sha256, type TreeEntry } from '@bootgraph/build-graph'

export class Blobs {
  readonly all = new Map<Digest, Uint8Array>()

  put(bytes: Uint8Array): Digest {
    const digest = sha256(bytes)
    this.all.set(digest, bytes)
    return digest
  }

  /** One folder of plain files; bytes are programs and made executable. */
  files(files: Readonly<Record<string, string | Uint8Array>>): Digest {
    return this.#directory(
      Object.entries(files).map(([name, content]): TreeEntry => {
        const executable = typeof content !== 'string'
        const bytes = executable ? content : new TextEncoder().encode(content)
        return { kind: 'file', name, digest: this.put(bytes), size: bytes.length, executable }
      }),
    )
  }

  emptyFolder(): Digest {
    return this.#directory([])
  }

  /** The tree that shows `tree` at a folder. */
  below(tree: Digest, folder: string): Digest {
    return folder
      .split('/')
      .filter(Boolean)
      .reduceRight<Digest>((digest, name) => this.#directory([{ kind: 'directory', name, digest }]), tree)
  }

  #directory(entries: readonly TreeEntry[]): Digest {
    return this.put(encodeDirectory(entries))
  }
}
