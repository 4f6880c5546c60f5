/**
 * Bundles one room of the machine into dist/bundles/<room>.mjs; the other rooms stay imports of their own bundles
 * beside it. Same sources give the same bytes.
 */

import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Entry of each bundle below the workspace root. redox-node's main is the image's entry. */
export const BUNDLES = {
  cpu: 'libs/cpu/src/index.ts',
  kernel: 'libs/kernel/src/index.ts',
  drivers: 'libs/drivers/src/index.ts',
  'ld-so': 'libs/ld-so/src/bundle.ts',
  relibc: 'libs/relibc/src/bundle.ts',
  'redox-node': 'libs/redox-node/src/main.ts',
}

/** `@bootgraph/<room>[/entry]` → `./<room>.mjs`: a room is one bundle, whatever entry was asked for. */
const siblings = (self) => ({
  name: 'siblings',
  setup(b) {
    b.onResolve({ filter: /^@bootgraph\// }, ({ path }) => {
      const room = path.split('/')[1]
      return room === self || !(room in BUNDLES) ? undefined : { path: `./${room}.mjs`, external: true }
    })
  },
})

export async function bundle(room) {
  await build({
    absWorkingDir: root,
    entryPoints: [BUNDLES[room]],
    outfile: `dist/bundles/${room}.mjs`,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    loader: { '.json': 'json' },
    legalComments: 'none',
    charset: 'utf8',
    plugins: [siblings(room)],
    logLevel: 'warning',
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle(process.argv[2])
