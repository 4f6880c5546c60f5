/**
 * What Node itself keeps a node's process from, as flags of Node's permission model: starting programs, loading native code, WASI, the
 * inspector, and files beyond those of the request. A fence against a machine that is led astray, not a sandbox: native code that gets
 * into the process is held by the host's own means alone.
 */
import { realpathSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import type { NodeRequest } from '../node-contract.ts'

interface Fence {
  /** Version of Node, [major, minor], from which on it is this. */
  readonly since: readonly [number, number]
  readonly flags: readonly string[]
  /** Whether connections are refused, too, as `--allow-net` is not given. */
  readonly network: boolean
}

/** Newest first. `--no-warnings`: the model says on stderr that it is experimental, and what it allows. */
const FENCES: readonly Fence[] = [
  { since: [25, 0], flags: ['--no-warnings', '--permission', '--allow-worker'], network: true },
  { since: [24, 0], flags: ['--no-warnings', '--permission', '--allow-worker'], network: false },
  { since: [23, 0], flags: ['--no-warnings', '--experimental-permission', '--allow-worker'], network: false },
  { since: [22, 13], flags: ['--no-warnings', '--permission', '--allow-worker'], network: false },
  { since: [20, 0], flags: ['--no-warnings', '--experimental-permission', '--allow-worker'], network: false },
]
const NO_FENCE: Fence = { since: [0, 0], flags: ['--no-warnings'], network: false }

/** What a version of Node has of it. */
export function fenceOf(version: string): Fence {
  const [major, minor] = version.split('.').map(Number)
  return FENCES.find(({ since }) => major > since[0] || (major === since[0] && minor >= since[1])) ?? NO_FENCE
}

export type Files = Pick<NodeRequest, 'roots' | 'mounts' | 'surfaceFile' | 'cache' | 'outputs'>

/** Everything before the entry on the command line of a node's process. `image` is the folder of its bundles. */
export function nodeFlags(image: string, request: Files, version = process.versions.node): string[] {
  const fence = fenceOf(version)
  if (fence === NO_FENCE) return [...fence.flags]
  const { reads, writes } = filesOf(image, request)
  return [...fence.flags, ...reads.map((path) => `--allow-fs-read=${path}`), ...writes.map((path) => `--allow-fs-write=${path}`)]
}

function filesOf(image: string, { roots, mounts, surfaceFile, cache, outputs }: Files): Record<'reads' | 'writes', string[]> {
  const given = mounts.filter(({ writable }) => writable).map(({ host }) => host)
  const writes = [...given, cache, outputs?.folder].filter((folder) => folder !== undefined)
  const reads = [
    image,
    // Node takes the entry by its real name.
    realpathSync(image),
    ...roots.map((root) => ('tree' in root ? root.store : root.folder)),
    ...mounts.map(({ host }) => host),
    ...writes,
  ]
  return { reads: places([...reads, ...(surfaceFile === undefined ? [] : [surfaceFile])]), writes: places(writes) }
}

const isBelow = (path: string, folder: string): boolean => path !== folder && path.startsWith(join(folder, sep))

/**
 * The places as Node can keep them apart: of two of which one lies in the other, it needs the outer one; told both, or one twice, Node 20
 * aborts. Where one's name begins another's (`/a/b`, `/a/bc`) it does not see the first itself, so that is widened to the folder that it is in.
 */
function places(paths: readonly string[]): string[] {
  const all = [...new Set(paths.map((path) => resolve(path)))]
  const outer = all.filter((path) => !all.some((other) => isBelow(path, other)))
  const hidden = outer.find((path) => outer.some((other) => other !== path && other.startsWith(path)))
  // With the wildcard, for a folder that is not there yet; a file is never asked for what is in it.
  return hidden === undefined ? outer.map((path) => join(path, '*')) : places([...outer, dirname(hidden)])
}
