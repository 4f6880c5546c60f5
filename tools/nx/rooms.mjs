/**
 * Nx plugin: every workspace package is a room with the same targets, so that no package.json repeats them.
 * `build` bundles the machine's libs, the dashboard and the command line; the others run from their sources, so that types are all
 * there is to build. `bench` is the room's own, or the rows of `npm run bench` that tell of it (tools/bench/rooms.json); a room that
 * none tells of has nothing to do.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BUNDLES } from '../node-image/bundle.mjs'

export const name = 'bootgraph-rooms'

const ROWS = JSON.parse(readFileSync(new URL('../bench/rooms.json', import.meta.url), 'utf8'))
const NOTHING = { executor: 'nx:noop' }

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
        build: { ...NOTHING, dependsOn: ['typecheck', '^build'] },
        bench: room in ROWS ? command(`node bootstrap.mjs bench ${ROWS[room].join(' ')}`) : NOTHING,
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
      if (room === 'cli') {
        targets.build = {
          ...command('node tools/build-cli.mjs'),
          cache: true,
          inputs: ['production', '^production', '{workspaceRoot}/tools/build-cli.mjs'],
          outputs: ['{workspaceRoot}/dist/cli'],
        }
      }
      if (existsSync(join(context.workspaceRoot, root, 'bench'))) targets.bench = command(`tsx ${root}/bench/index.ts`)
      return [file, { projects: { [root]: { root, targets } } }]
    }),
]
