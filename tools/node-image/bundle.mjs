/**
 * Bundles one room of the machine into dist/bundles; the other rooms stay imports of their own bundles beside it. Same sources give the
 * same bytes. Scripts, because V8 lets its code of those be kept.
 */

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The files of each room, by name without ending, with their entries below the workspace root. redox-node.cjs is the image's entry. */
export const BUNDLES = {
  cpu: { cpu: 'libs/cpu/src/index.ts' },
  kernel: { kernel: 'libs/kernel/src/index.ts' },
  drivers: { drivers: 'libs/drivers/src/index.ts' },
  'ld-so': { 'ld-so': 'libs/ld-so/src/bundle.ts' },
  relibc: { relibc: 'libs/relibc/src/bundle.ts' },
  'redox-node': {
    'redox-node': 'libs/redox-node/src/main.ts',
    thread: 'libs/redox-node/src/host/thread.ts',
    machine: 'libs/redox-node/src/host/machine-thread.ts',
  },
}

/** `@bootgraph/<room>[/entry]` → `./<room>.cjs`: a room is one bundle, whatever entry was asked for. */
const siblings = (self) => ({
  name: 'siblings',
  setup(b) {
    b.onResolve({ filter: /^@bootgraph\// }, ({ path }) => {
      const room = path.split('/')[1]
      return room === self || !(room in BUNDLES) ? undefined : { path: `./${room}.cjs`, external: true }
    })
  },
})

/** Data is parsed as JSON, which is several times faster than as JavaScript. */
const data = {
  name: 'data',
  setup(b) {
    b.onLoad({ filter: /\.json$/ }, async ({ path }) => {
      const text = JSON.stringify(JSON.parse(await readFile(path, 'utf8')))
      return { contents: `export default JSON.parse(${JSON.stringify(text)})` }
    })
  },
}

export async function bundle(room) {
  await build({
    absWorkingDir: root,
    entryPoints: BUNDLES[room],
    outdir: 'dist/bundles',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    legalComments: 'none',
    plugins: [siblings(room), data],
    logLevel: 'warning',
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle(process.argv[2])
