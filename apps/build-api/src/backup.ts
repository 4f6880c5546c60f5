/**
 * `npx tsx apps/build-api/src/backup.ts save|restore FILE`: the database of DATABASE_URL, else the embedded one of this host. The store
 * is a folder of files that never change: copy it after the database has been saved, and back before the API starts.
 */
import { fileURLToPath } from 'node:url'
import { readConfig } from './config.ts'
import { backup, restore } from './services/backup.ts'
import { startPostgres } from './services/postgres.ts'

async function main(verb: string | undefined, file: string | undefined): Promise<void> {
  if ((verb !== 'save' && verb !== 'restore') || file === undefined) throw new Error('usage: backup.ts save|restore FILE')
  const config = readConfig(process.env)
  const embedded = config.databaseUrl === undefined ? await startPostgres(config.data) : undefined
  const url = config.databaseUrl ?? embedded!.url
  try {
    if (verb === 'save') process.stdout.write(`${await backup(url, file)} rows are in ${file}\n`)
    else {
      await restore(url, file, fileURLToPath(new URL('../../../prisma/migrations', import.meta.url)))
      process.stdout.write(`${file} is restored\n`)
    }
  } finally {
    // A server that was there before is somebody's.
    if (embedded?.started) await embedded.stop()
  }
}

main(process.argv[2], process.argv[3]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
