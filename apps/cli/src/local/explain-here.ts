/** Why a unit of a local build ran: the ingredients of its last two actions, down to the bundle or file that is another one. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Action, changedIngredients, type Digest, type NodeImageManifest } from '@bootgraph/build-graph'
import { changedPaths, dataFolder, folderStore, storeFolder } from '@bootgraph/build-graph/store'
import { imagesFolder } from '../node-process.ts'
import { fail } from '../output.ts'
import { actionsOf } from './unit-history.ts'

export interface LocalExplanation {
  readonly unit: string
  readonly action: Digest
  readonly against?: Digest
  readonly changed: readonly Change[]
}

export interface Change {
  readonly name: keyof Action
  readonly before: unknown
  readonly now: unknown
  /** Bundles of the node image, or paths of the input, that are others. */
  readonly inside?: readonly string[]
}

const PATHS = 20

export async function explainHere(unit: string): Promise<LocalExplanation> {
  const [action, against] = actionsOf(dataFolder(), unit)
  if (action === undefined) fail(`no build on this host ran the unit "${unit}"; "bootgraph build STAGE --local --json" names the units`)
  if (against === undefined) return { unit, action, changed: [] }
  const [now, before] = await Promise.all([action, against].map(readAction))
  const changed = await Promise.all(changedIngredients(before, now).map((name) => change(name, before, now)))
  return { unit, action, against, changed }
}

async function change(name: keyof Action, before: Action, now: Action): Promise<Change> {
  const about = { name, before: before[name], now: now[name] }
  if (name === 'image') return { ...about, ...inside(changedBundles(before.image, now.image)) }
  if (name === 'input') return { ...about, ...inside(await changedPaths(folderStore(storeFolder()), before.input, now.input, PATHS)) }
  return about
}

const inside = (names: readonly string[]): { inside?: readonly string[] } => (names.length > 0 ? { inside: names } : {})

async function readAction(digest: Digest): Promise<Action> {
  return JSON.parse(new TextDecoder().decode(await folderStore(storeFolder()).get(digest))) as Action
}

/** Rooms whose bundles differ; nothing if one of the images is no longer here. */
function changedBundles(before: Digest, now: Digest): string[] {
  const [old, current] = [before, now].map(bundlesOf)
  if (!old || !current) return []
  const names = [...new Set([...Object.keys(old), ...Object.keys(current)])].sort()
  return names.filter((name) => old[name] !== current[name]).map((name) => name.replace(/\.[cm]js$/, ''))
}

function bundlesOf(image: Digest): NodeImageManifest['bundles'] | undefined {
  try {
    return (JSON.parse(readFileSync(join(imagesFolder(), image, 'image.json'), 'utf8')) as NodeImageManifest).bundles
  } catch {
    return undefined
  }
}
