/** Where things lie below the data folder. */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { dataFolder } from '@bootgraph/build-graph/store'

export const translationFolder = (): string => join(dataFolder(), 'translations')
/** Makes a folder with those above it, one by one: Node's own recursive mkdir does not return where a system refuses names, as /proc does. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  mkdirSync(folder)
}

/** The folder of translations if it can be had; a run goes without it otherwise. */
export function translationCache(): string | undefined {
  try {
    makeFolder(translationFolder())
    return translationFolder()
  } catch {
    return undefined
  }
}

export const surfaceFolder = (): string => join(dataFolder(), 'surfaces')
