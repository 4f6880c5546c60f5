/** Builds the pages into dist/dashboard, from where build-api serves them, or into the folder that is named. */
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const [, , outDir] = process.argv
await build({
  root: fileURLToPath(new URL('.', import.meta.url)),
  logLevel: 'warn',
  ...(outDir === undefined ? {} : { build: { outDir } }),
})
