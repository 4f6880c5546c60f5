/** The other side of an action: the same command over the same trees on the host's kernel and processor. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Action, type Digest, digestOf, encodeDirectory } from '@bootgraph/build-graph'
import { collectOutputs } from '@bootgraph/build-graph/execute'
import { folderStore, materialise, readDirectory, type Store, treeBelow } from '@bootgraph/build-graph/store'
import type { NativeRoot } from './native-root.ts'

export interface NativeResult {
  readonly code: number | null
  readonly signal: string | null
  /** Milliseconds, user and system. */
  readonly cpu: number
  readonly outputs?: Digest
  readonly missing: readonly string[]
  readonly stdout: Digest
  readonly stderr: Digest
}

export class NativeActions {
  readonly #root: NativeRoot
  readonly #data: string
  readonly #store: Store

  /** @param data the data folder: its store has the actions' trees. */
  constructor(root: NativeRoot, data: string) {
    this.#root = root
    this.#data = data
    this.#store = folderStore(join(data, 'store'))
  }

  /** What natively happened; one run for all actions that differ in the node alone. */
  async run(action: Action): Promise<NativeResult> {
    const { command, env, cwd, roots, input, inputPath, overlays, outputs } = action
    const key = digestOf({ command, env, cwd, roots, input, inputPath, overlays, outputs })
    const kept = join(this.#data, 'native', 'results', `${key}.json`)
    if (existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8')) as NativeResult
    const result = await this.#run(action)
    mkdirSync(dirname(kept), { recursive: true })
    writeFileSync(`${kept}.${process.pid}`, JSON.stringify(result))
    renameSync(`${kept}.${process.pid}`, kept)
    return result
  }

  async #run(action: Action): Promise<NativeResult> {
    const work = mkdtempSync(join(tmpdir(), 'bootgraph-action-'))
    try {
      const layers: string[] = []
      for (const { tree } of [...action.overlays].reverse())
        layers.push(await this.#kept(await treeBelow(this.#store, tree, action.inputPath)))
      layers.push(...(await this.#inputLayers(await treeBelow(this.#store, action.input, action.inputPath), join(work, 'input'))))
      const written = join(work, 'written')
      // A declared folder is there beforehand: of a folder that is below, `written` would have what is new alone.
      for (const output of action.outputs) if (isFolder(join(work, 'input', output))) mkdirSync(join(written, output), { recursive: true })
      const ended = this.#root.run(action.command, { layers, written, cwd: action.cwd, env: action.env })
      const { outputs, missing } = await collectOutputs(this.#store, written, action.outputs)
      const { digest: stdout } = await this.#store.put(new TextEncoder().encode(ended.stdout))
      const { digest: stderr } = await this.#store.put(new TextEncoder().encode(ended.stderr))
      return { code: ended.status, signal: ended.signal, cpu: ended.cpu, ...(outputs ? { outputs } : {}), missing, stdout, stderr }
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }

  /** The source is the same for hundreds of actions and is kept; the rest is this action's own. */
  async #inputLayers(input: Digest, own: string): Promise<string[]> {
    const entries = await readDirectory(this.#store, input)
    const source = entries.filter(({ name }) => name === 'src')
    const rest = await this.#store.put(encodeDirectory(entries.filter(({ name }) => name !== 'src')))
    await materialise(this.#store, rest.digest, own)
    if (source.length === 0) return [own]
    const { digest } = await this.#store.put(encodeDirectory(source))
    return [own, await this.#kept(digest)]
  }

  async #kept(tree: Digest): Promise<string> {
    const folder = join(this.#data, 'native', 'trees', tree)
    if (!existsSync(folder)) {
      const unfinished = `${folder}.${process.pid}`
      await materialise(this.#store, tree, unfinished)
      renameSync(unfinished, folder)
    }
    return folder
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
