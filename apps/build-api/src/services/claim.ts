/**
 * One API to a data folder whose servers are children of it: a second would find them running, and stop them when it ends. The mark of
 * one that was killed stands in nobody's way.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alive } from './child.ts'

/** What an API's command line holds. */
const PROGRAM = 'build-api/src/main'

/** Gives what takes the mark away. @throws Error that names who serves the folder */
export function claimFolder(data: string): () => void {
  const file = join(data, 'api.pid')
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  // A container starts again under the same id.
  if (pid > 0 && pid !== process.pid && alive(pid, PROGRAM))
    throw new Error(`the process ${pid} serves ${data} already: end it, or set BOOTGRAPH_DATA to another folder`)
  writeFileSync(`${file}.${process.pid}`, String(process.pid))
  renameSync(`${file}.${process.pid}`, file)
  return () => rmSync(file, { force: true })
}
