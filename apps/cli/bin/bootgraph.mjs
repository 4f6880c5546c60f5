#!/usr/bin/env node
import { existsSync } from 'node:fs'

const main = new URL('../../../dist/cli/main.mjs', import.meta.url)
if (!existsSync(main)) {
  console.error('bootgraph: this checkout is not set up; run "npm run setup" first')
  process.exit(125)
}
await import(main.href)
