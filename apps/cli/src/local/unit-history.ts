/** The last actions of each unit on this host, newest first: what `explain --local` compares. Their content is in the store. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Digest, isDigest } from '@bootgraph/build-graph'

const KEPT = 20

const path = (data: string, unit: string): string => join(data, 'units', `${unit}.json`)

export function actionsOf(data: string, unit: string): Digest[] {
  try {
    return (JSON.parse(readFileSync(path(data, unit), 'utf8')) as string[]).filter(isDigest)
  } catch {
    return []
  }
}

export function rememberAction(data: string, unit: string, action: Digest): void {
  const before = actionsOf(data, unit)
  if (before[0] === action) return
  mkdirSync(join(data, 'units'), { recursive: true })
  const staging = `${path(data, unit)}.${process.pid}`
  writeFileSync(staging, JSON.stringify([action, ...before].slice(0, KEPT)))
  renameSync(staging, path(data, unit))
}
