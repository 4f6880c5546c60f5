/**
 * Nx plugin: the bootstrap as one project whose targets are the node image, the rungs of the ladder and the stages, per linkage.
 * They depend on the machine's libs, so that the graph shows kernel, drivers and bootstrap together, and a change of one lib
 * runs what stands on it again. The rungs are read from their table; nothing here lists them.
 */
import { tsImport } from 'tsx/esm/api'
import { BUNDLES } from '../node-image/bundle.mjs'

const MACHINE = Object.keys(BUNDLES).map((room) => `@bootgraph/${room}`)
const TOOLS = ['@bootgraph/build-graph', '@bootgraph/rustc-bootstrap', '@bootgraph/cli']
const STAGES = ['std', 'stage1']
const LINKAGES = ['static', 'dynamic']
const ROOT = 'tools/nx'

export const name = 'bootgraph-bootstrap'

const command = (line) => ({ executor: 'nx:run-commands', options: { command: line, cwd: '{workspaceRoot}' } })
/** Everything that a node and the command line are made of, without tests; the toolchain is named by its digest in the store. */
const sources = [...MACHINE, ...TOOLS].map((project) => ({ input: 'production', projects: [project] }))

const build = (stage, linkage, more, report) =>
  `node apps/cli/bin/bootgraph.mjs build ${stage} --local --linkage ${linkage} ${more} --report dist/bootstrap/${report}.json`

function targetsOf(rungs) {
  const targets = {
    image: {
      ...command('node tools/node-image/build.mjs'),
      cache: true,
      dependsOn: [{ projects: MACHINE, target: 'build' }],
      inputs: [...sources, '{workspaceRoot}/tools/node-image/*.mjs'],
      outputs: ['{workspaceRoot}/dist/images', '{workspaceRoot}/dist/node-image.json'],
    },
    cli: {
      ...command('node tools/build-cli.mjs'),
      cache: true,
      inputs: [...sources, '{workspaceRoot}/tools/build-cli.mjs'],
      outputs: ['{workspaceRoot}/dist/cli'],
    },
  }
  const runs = (report, line, needs) => ({
    ...command(line),
    cache: true,
    dependsOn: ['image', 'cli', ...needs],
    inputs: [...sources, { env: 'BOOTGRAPH_DATA' }],
    outputs: [`{workspaceRoot}/dist/bootstrap/${report}.json`],
  })
  for (const linkage of LINKAGES) {
    for (const rung of rungs.filter(({ linkages }) => linkages.includes(linkage))) {
      const target = `rung-${linkage}-${rung.id}`
      const needs = rung.needs.filter((need) => rungs.find(({ id }) => id === need)?.linkages.includes(linkage))
      targets[target] = runs(
        target,
        build('ladder', linkage, `--rung ${rung.id}`, target),
        needs.map((need) => `rung-${linkage}-${need}`),
      )
    }
    for (const stage of STAGES) {
      const target = `stage-${linkage}-${stage}`
      targets[target] = runs(target, build(stage, linkage, '', target), stage === 'stage1' ? [`stage-${linkage}-std`] : [])
    }
  }
  return targets
}

export const createNodesV2 = [
  'tools/rooms.json',
  async (files) => {
    const { RUNGS } = await tsImport('../../libs/rustc-bootstrap/src/rung.ts', import.meta.url)
    const project = { name: 'bootstrap', root: ROOT, targets: targetsOf(RUNGS), implicitDependencies: [...MACHINE, ...TOOLS] }
    return files.map((file) => [file, { projects: { [ROOT]: project } }])
  },
]
