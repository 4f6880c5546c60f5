/** Builds the pages into dist/dashboard, from where build-api serves them. */
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

await build({ root: fileURLToPath(new URL('.', import.meta.url)), logLevel: 'warn' })
