/**
 * The real service with a real worker, for pages to be looked at while nodes run: `tsx rung-server.ts FOLDER` (the dashboard to
 * serve). Its only toolchain is an empty one, so that rungs below rustc pass and that of rustc fails by itself. Writes one JSON line when it
 * is ready and one for each line that it reads: `climb SURFACE` starts a ladder build. Ends with its input.
 */
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { writeReference } from '@bootgraph/rustc-bootstrap'
import { realService } from './real-service.ts'

const [dashboard] = process.argv.slice(2)
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`)

const service = await realService('rungs')
const { data } = await service.serve([], dashboard === undefined ? {} : { BOOTGRAPH_DASHBOARD: dashboard })
const place = { data, store: join(data, 'store') }
const none = { packages: [], files: 0, bytes: 0, path: ['/usr/bin'], libraryPath: [] }
writeReference({ version: 1, name: 'empty', title: 'nothing at all', kind: 'folder', tree: service.empty, ...none }, place)
await service.work('worker', { concurrency: 1 })
say({ url: service.url(), builds: {}, log: { lines: 0, errors: 0 } })

for await (const line of createInterface({ input: process.stdin })) {
  const [, surface] = line.split(' ')
  const answer = await fetch(`${service.url()}/api/v1/builds`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ stage: 'ladder', toolchain: 'empty', surface }),
  })
  const told = (await answer.json()) as { id?: string; detail?: string }
  say({ build: told.id, ...(answer.status === 201 ? {} : { refused: told.detail }) })
}
await service.stop()
