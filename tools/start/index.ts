/**
 * `npm start`: API with its PostgreSQL and Redis, one worker, the node image registered, the ladder climbed in both linkages,
 * all shown as it goes. Everything beyond starting the two processes is asked of the API as any client would ask it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { dataFolder } from '@bootgraph/build-graph/store'
import { type Client, client, StartError } from './client.ts'
import { registerImage } from './register-image.ts'
import { Screen } from './screen.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const children: ChildProcess[] = []
let stopping = false

/** A program of this checkout; resolves with its first line. @throws StartError if it ends before */
async function launch(main: string): Promise<string> {
  // Groups of their own: a Ctrl-C in the terminal reaches us, and we end them in order.
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, main)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  children.push(child)
  const ended = once(child, 'exit').then(() => {
    throw new StartError(`${main} ended at its start; what it said is above`)
  })
  ended.catch(() => {})
  const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])) as [string]
  child.on('exit', () => {
    if (!stopping) void stop(`${main} ended`)
  })
  return line
}

/** The worker first: what it has under way ends, and the API takes it. */
async function stop(why?: string): Promise<void> {
  if (stopping) return
  stopping = true
  if (why !== undefined) process.stderr.write(`${why}; stopping\n`)
  for (const child of [...children].reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await exit
  }
  process.exit(why === undefined ? 0 : 1)
}

interface Build {
  readonly id: string
  readonly state: string
  readonly request: { readonly image: string; readonly linkage: readonly string[]; readonly rungs?: readonly string[] }
}

/** A ladder that is being climbed with this image is gone on with; else a new one is started. */
async function climb(api: Client, image: string): Promise<string> {
  const { items } = await api.get<{ items: Build[] }>('/builds?state=running&stage=ladder&limit=50')
  const open = items.find(({ request }) => request.image === image && request.rungs === undefined && request.linkage.length === 2)
  return open?.id ?? (await api.post<Build>('/builds', { stage: 'ladder', linkage: ['static', 'dynamic'], priority: 'background' })).id
}

async function main(): Promise<void> {
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      process.stderr.write('\ndraining: what is under way ends; asked again, at once\n')
      if (stopping) for (const child of children) child.kill('SIGTERM')
      void stop()
    })
  const address = await launch('apps/build-api/src/main.ts')
  const { token } = JSON.parse(readFileSync(join(dataFolder(), 'service.json'), 'utf8')) as { token: string }
  const api = client(address, token)
  const image = await registerImage(api)
  await launch('apps/worker/src/main.ts')
  const build = await climb(api, image)
  const { port } = new URL(address)
  process.stdout.write(`bootgraph is at http://localhost:${port}  (Ctrl-C stops it)\n\n`)
  const screen = new Screen(process.stdout)
  while (!stopping && !(await screen.show(api, build))) await sleep(500)
}

main().catch((error: unknown) => stop(error instanceof StartError ? error.message : String(error)))
