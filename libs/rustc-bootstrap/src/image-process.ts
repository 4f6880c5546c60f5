/**
 * Code of a node image that is asked for something else than running a machine: in a process of its own, which may read the image and
 * nothing else, gets nothing of our environment, and is ended when it takes too much.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** MiB of the heap, and milliseconds. */
const HEAP = 1024
const LIMIT = 120_000
/** Node's permission model under the name that this Node has for it. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission'
/** Bytes of what it says about a failure. */
const WORDS = 4096

/**
 * Runs `program`, the source of a module in which `bundle` is an imported bundle of the image and `request` what it is asked, and whose
 * `answer(value)` ends it. Source, because the process sees none of our files.
 * @throws Error if it ends without an answer.
 */
export async function askImage<Answer>(image: string, file: string, program: string, request: unknown): Promise<Answer> {
  const source = `process.once('message', async ({ url, request }) => {
    const bundle = await import(url)
    const answer = (value) => process.send(value, () => process.disconnect())
    ${program}
  })`
  const limits = [`--max-old-space-size=${HEAP}`, PERMISSION, `--allow-fs-read=${join(image, '*')}`, '--no-warnings']
  const child = spawn(process.execPath, [...limits, '--input-type=module', '--eval', source], {
    cwd: '/',
    env: {},
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  })
  let said = ''
  child.stderr!.setEncoding('utf8').on('data', (piece: string) => {
    said = (said + piece).slice(0, WORDS)
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT)
  try {
    return await new Promise<Answer>((resolve, reject) => {
      child.on('message', resolve)
      child.on('error', reject)
      child.on('close', (code, signal) =>
        reject(new Error(`${file} of the node image gave no answer (${signal ?? `exit ${code}`}): ${said}`)),
      )
      child.send({ url: pathToFileURL(join(image, file)).href, request }, (error) => error && reject(error))
    })
  } finally {
    clearTimeout(timer)
    child.kill('SIGKILL')
  }
}
