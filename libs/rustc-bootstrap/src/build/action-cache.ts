/** Results by action digest, one small file each: what makes a build resume. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ActionResult, Digest } from '@bootgraph/build-graph'
import type { Store } from '@bootgraph/build-graph/store'

export class ActionCache {
  readonly #folder: string
  readonly #store: Store

  constructor(folder: string, store: Store) {
    this.#folder = folder
    this.#store = store
  }

  /** A kept result, if all that it names is still stored. */
  async get(action: Digest): Promise<ActionResult | undefined> {
    const text = await readFile(this.#path(action), 'utf8').catch(() => undefined)
    if (text === undefined) return undefined
    const result = JSON.parse(text) as ActionResult
    const blobs = [result.stdout, result.stderr, ...(result.outputs ? [result.outputs] : [])]
    return (await Promise.all(blobs.map((blob) => this.#store.has(blob)))).every(Boolean) ? result : undefined
  }

  async put(result: ActionResult): Promise<void> {
    const path = this.#path(result.action)
    await mkdir(dirname(path), { recursive: true })
    const staging = `${path}.${process.pid}`
    try {
      await writeFile(staging, JSON.stringify(result))
      await rename(staging, path)
    } finally {
      await rm(staging, { force: true })
    }
  }

  #path(action: Digest): string {
    return join(this.#folder, action.slice(0, 2), `${action}.json`)
  }
}
