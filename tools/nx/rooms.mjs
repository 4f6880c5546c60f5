/**
 * Nx plugin: every workspace package is a room with the same targets, so that no package.json repeats them.
 * `build` exists for rooms that are bundled: the machine's libs become one bundle each of the node image.
 */
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BUNDLES } from '../node-image/bundle.mjs'

export const name = 'bootgraph-rooms'

export const createNodesV2 = [
  '{libs,apps}/*/package.json',
  (files, _options, context) =>
    files.map((file) => {
      const root = dirname(file)
      const room = root.split('/').at(-1)
      const command = (line) => ({ executor: 'nx:run-commands', options: { command: line, cwd: '{workspaceRoot}' } })
      const sources = existsSync(join(context.workspaceRoot, root, 'src')) ? readdirSync(join(context.workspaceRoot, root, 'src')) : []
      if (sources.length === 0) return [file, { projects: { [root]: { root } } }]
      const targets = {
        typecheck: command(`tsc -p ${root}`),
        lint: command(`biome check --error-on-warnings ${root} && eslint ${root}`),
        test: command(`vitest run --passWithNoTests ${root}/`),
      }
      if (room in BUNDLES) {
        targets.build = {
          ...command(`node tools/node-image/bundle.mjs ${room}`),
          cache: true,
          inputs: ['production', '^production', '{workspaceRoot}/tools/node-image/bundle.mjs'],
          outputs: Object.keys(BUNDLES[room]).map((file) => `{workspaceRoot}/dist/bundles/${file}.cjs`),
        }
      }
      if (room === 'dashboard') {
        targets.build = {
          ...command(`node ${root}/build.mjs`),
          cache: true,
          inputs: ['production', '^production'],
          outputs: ['{workspaceRoot}/dist/dashboard'],
        }
      }
      if (existsSync(join(context.workspaceRoot, root, 'bench'))) targets.bench = command(`tsx ${root}/bench/index.ts`)
      return [file, { projects: { [root]: { root, targets } } }]
    }),
]
