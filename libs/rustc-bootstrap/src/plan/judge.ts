/** Whether a unit is good: how it ended, what it printed, what it made, against its criterion. */
import { type ActionResult, type Criterion, type Digest, succeeded } from '@bootgraph/build-graph'
import { readDirectory, type Store } from '@bootgraph/build-graph/store'
import { formFault } from '../ladder/output-form.ts'

/** Why it is not good, one line; undefined if it is. @throws StoreError */
export async function fault(criterion: Criterion | undefined, result: ActionResult, store: Store): Promise<string | undefined> {
  const { reason, code, message } = result.exit
  const wanted = criterion?.code ?? 0
  if (reason !== 'exit' || code !== wanted) {
    const why = message ?? firstLine(await store.get(result.stderr))
    return [`ended by ${reason} with ${code}, expected ${wanted}`, why].filter(Boolean).join(': ')
  }
  if (result.missingOutputs.length > 0) return `${result.missingOutputs[0]} was not made`
  if (criterion === undefined) return succeeded(result) ? undefined : 'did not end well'
  const text = criterion.stdout === undefined ? '' : new TextDecoder().decode(await store.get(result.stdout))
  if (criterion.stdout !== undefined && !new RegExp(criterion.stdout, 'm').test(text)) return 'did not print what it should'
  for (const { path, form } of criterion.forms ?? []) {
    const bytes = result.outputs && (await fileAt(store, result.outputs, path))
    const wrong = bytes === undefined ? 'was not made' : formFault(bytes, form)
    if (wrong !== undefined) return `${path} ${wrong}`
  }
  return undefined
}

const firstLine = (bytes: Uint8Array): string | undefined =>
  new TextDecoder()
    .decode(bytes)
    .split('\n')
    .find((line) => line.trim() !== '')

async function fileAt(store: Store, tree: Digest, path: string): Promise<Uint8Array | undefined> {
  const names = path.split('/').filter(Boolean)
  let here = tree
  for (const [i, name] of names.entries()) {
    const entry = (await readDirectory(store, here)).find((each) => each.name === name)
    if (entry?.kind === 'directory') here = entry.digest
    else return entry?.kind === 'file' && i === names.length - 1 ? store.get(entry.digest) : undefined
  }
  return undefined
}
