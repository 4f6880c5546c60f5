/**
 * `tsx tools/bootstrap/index.ts REPORT`: runs natively what a local build ran in nodes, and keeps both sides as
 * docs/bootstrap/STAGE-LINKAGE[-TARGET][-without-OVERLAY].json. Native results are kept, so that a second call computes what is new alone.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dataFolder, folderStore } from '@bootgraph/build-graph/store'
import { OVERLAYS } from '@bootgraph/rustc-bootstrap'
import { NativeActions } from '../native/native-action.ts'
import { NativeRoot } from '../native/native-root.ts'
import { type BuildReport, type RecordedUnit, recordUnit, totals } from './record.ts'

const [file] = process.argv.slice(2)
if (file === undefined) {
  console.error('usage: tsx tools/bootstrap/index.ts REPORT')
  process.exit(2)
}
const { request, image, planned, units } = JSON.parse(readFileSync(file, 'utf8')) as BuildReport
const data = dataFolder()
const store = folderStore(join(data, 'store'))
const native = new NativeActions(await NativeRoot.open(request.toolchain), data)

const recorded: RecordedUnit[] = []
for (const unit of units) {
  const record = await recordUnit(unit, store, native)
  if (record) recorded.push(record)
}
const { stage, linkage, targetLinkage, surface, toolchain, overlays } = request
const folder = fileURLToPath(new URL('../../docs/bootstrap', import.meta.url))
const without = (stage === 'std' ? [] : OVERLAYS).filter(({ name }) => !overlays.includes(name)).map(({ name }) => `without-${name}`)
// Redox is crt-static by default: the other choice is named.
const name = [stage, ...linkage, ...(targetLinkage === 'dynamic' ? ['target-dynamic'] : []), ...without].join('-')
mkdirSync(folder, { recursive: true })
const kept = {
  stage,
  linkage: linkage.join(' and '),
  targetLinkage,
  surface,
  toolchain,
  overlays,
  image,
  date: new Date().toISOString().slice(0, 10),
  planned,
  totals: totals(recorded),
  units: recorded,
}
writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(kept, null, 1)}\n`)
const { totals: all } = kept
console.log(`docs/bootstrap/${name}.json: ${JSON.stringify(all.units)}, CPU ${all.cpu.node} s in nodes, ${all.cpu.native} s natively`)
