import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Gap, Linkage, NodeReport, NodeRequest } from '@bootgraph/build-graph'
import { sha256 } from '@bootgraph/build-graph'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RUNGS } from '../rung.ts'
import { program } from './programs.ts'
import { chosen, type LadderEvent, type LadderOptions, type LadderPort, runLadder } from './run-ladder.ts'

let work: string
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'ladder-'))
})
afterEach(() => rmSync(work, { recursive: true }))

const gap = (name: string, truth: Gap['truth'] = 'upstream'): Gap => ({
  truth,
  component: 'relibc',
  kind: 'symbol-missing',
  name,
  occurrences: [],
})

function report(request: NodeRequest, exit: NodeReport['exit'], gaps: readonly Gap[] = []): NodeReport {
  const { linkage, surface, mode, abi, seed } = request
  const measured = { peakMemory: 0, guestPages: 0, time: {}, counters: {} }
  return {
    version: 1,
    image: '',
    exit,
    request: { linkage, surface, mode, abi, seed },
    gaps,
    calls: {},
    syscalls: {},
    fuel: 7,
    memory: { limit: 0, refusals: 0 },
    linkMap: [],
    measured,
  }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A node that does what each rung asks; `faults` may answer for a program instead. */
function node(
  faults: (request: NodeRequest) => Partial<Awaited<ReturnType<LadderPort['runNode']>>> | undefined = () => undefined,
): LadderPort {
  return {
    async runNode(request) {
      const folder = request.mounts[0].host
      const name = basename(request.program)
      const out = request.args.indexOf('-o')
      if (out >= 0) {
        const path = request.args[out + 1]
        const image = program('hello-dynamic').slice()
        if (path.endsWith('.o')) image[16] = 1
        writeFileSync(join(folder, path), path.endsWith('.rmeta') ? 'rust\0\0\0\0' : image)
      }
      const said: Record<string, string> = {
        'hello-static': 'hello from Redox system calls\n',
        'hello-dynamic': 'hello from the C library\n',
        hello: 'hello from rustc\n',
        rustc: request.args[0] === '--print' ? 'avr\nx86_64-unknown-redox\n' : 'rustc 1.63.0\n',
      }
      const passed = {
        report: report(request, { reason: 'exit', code: name === 'boot' ? 42 : 0 }),
        stdout: bytes(said[name] ?? ''),
        stderr: bytes(''),
      }
      return { ...passed, ...faults(request) }
    },
    makeSysroot: async () => {},
  }
}

const tree = sha256(bytes('tree'))
function options(linkages: readonly Linkage[], more: Partial<LadderOptions> = {}): LadderOptions {
  const toolchain = { name: 't', tree, roots: [], path: ['/usr/bin', '/usr/lib/llvm/bin'], libraryPath: [] }
  return {
    toolchain,
    linkages,
    surface: 'latest',
    mode: 'bridge',
    work,
    machine: { seed: 0, budget: 0, memory: 1, engine: 'mixed' },
    ...more,
  }
}

const states = async (o: LadderOptions, port: LadderPort) =>
  Object.fromEntries((await runLadder(o, port)).results.map((r) => [r.rung, r.state]))

test('a node that can do everything passes everything that has a meaning', async () => {
  const events: LadderEvent[] = []
  const { results } = await runLadder(options(['static', 'dynamic'], { onEvent: (e) => events.push(e) }), node())
  expect(results.filter((r) => r.state !== 'passed')).toMatchObject([{ rung: 'dynamic-hello', linkage: 'static', state: 'not-applicable' }])
  expect(results.length).toBe(2 * RUNGS.length)
  expect(events.filter((e) => e.event === 'rung-ended').length).toBe(results.length)
  expect(results.find((r) => r.rung === 'emit-object')?.fuel).toBe(14)
})

test('a rung that fails blocks what needs it, and nothing else', async () => {
  const port = node((request) =>
    request.args.includes('--emit=obj')
      ? { report: report(request, { reason: 'exit', code: 1 }), stderr: bytes('\nerror: no LLVM\n') }
      : undefined,
  )
  const { results } = await runLadder(options(['dynamic']), port)
  const by = Object.fromEntries(results.map((r) => [r.rung, r]))
  expect(by['emit-object']).toMatchObject({ state: 'failed', message: 'rustc ended by exit with 1, expected 0: error: no LLVM' })
  expect(by['emit-object'].stoppedBy).toBeUndefined()
  expect(by['link-executable']).toMatchObject({ state: 'blocked', blockedBy: 'emit-object' })
  expect(by['procedural-macro']).toMatchObject({ state: 'blocked', blockedBy: 'link-executable' })
  expect(by['check-crate'].state).toBe('passed')
})

test('the gap that ended a run is named, also when it was not the last one met', async () => {
  const gaps = [gap('dlopen'), gap('msync')]
  const port = node((request) =>
    request.args[0] === '--version'
      ? { report: report(request, { reason: 'gap', code: 1, message: 'strict: dlopen is missing' }, gaps) }
      : undefined,
  )
  const { results } = await runLadder(options(['static'], { only: ['rustc-version'] }), port)
  expect(results.at(-1)).toMatchObject({ state: 'failed', stoppedBy: { name: 'dlopen' }, gaps: [{ name: 'dlopen' }, { name: 'msync' }] })
})

test('a program that gave up where dlopen is never served was stopped by that gap', async () => {
  const wall: Gap = { truth: 'upstream', component: 'ld-so', kind: 'dlopen-in-static-image', name: 'dlopen', occurrences: [] }
  const port = node((request) =>
    request.args.includes('--extern') ? { report: report(request, { reason: 'exit', code: 1 }, [wall, gap('msync')]) } : undefined,
  )
  const { results } = await runLadder(options(['static'], { only: ['procedural-macro'] }), port)
  expect(results.at(-1)).toMatchObject({ rung: 'procedural-macro', state: 'failed', stoppedBy: { component: 'ld-so', name: 'dlopen' } })
})

test.each([
  ['nothing', undefined, /was not made/],
  ['bytes of another form', 'no object', /no 64-bit ELF/],
  ['a linked image', program('hello-dynamic'), /not an object/],
])('exit 0 that made %s has failed', async (_, content, message) => {
  const port = node((request) => {
    const out = request.args.indexOf('-o')
    if (!request.args.includes('--emit=obj')) return undefined
    rmSync(join(request.mounts[0].host, request.args[out + 1]))
    if (content !== undefined) writeFileSync(join(request.mounts[0].host, request.args[out + 1]), content)
    return {}
  })
  const { results } = await runLadder(options(['dynamic'], { only: ['emit-object'] }), port)
  expect(results.at(-1)).toMatchObject({ state: 'failed', message: expect.stringMatching(message) })
})

test('a program that prints something else has failed', async () => {
  const port = node((request) => (request.program === '/work/hello-static' ? { stdout: bytes('hello') } : undefined))
  expect(await states(options(['dynamic'], { only: ['static-hello'] }), port)).toEqual({ 'node-boots': 'passed', 'static-hello': 'failed' })
})

test('without a sysroot the rungs that link fail, with its reason', async () => {
  const makeSysroot = async () => {
    throw new Error('no surface of that date')
  }
  const { results } = await runLadder(options(['dynamic'], { only: ['link-executable'] }), { ...node(), makeSysroot })
  expect(results.at(-1)).toMatchObject({ rung: 'link-executable', state: 'failed', message: 'no sysroot: no surface of that date' })
})

test('what is asked for brings what it needs', () => {
  expect(chosen(['run-executable']).map((r) => r.id)).toEqual([
    'node-boots',
    'rustc-version',
    'check-crate',
    'emit-object',
    'link-executable',
    'run-executable',
  ])
})

test('needs point upwards in the table, names are unique, commands stay in their folder', () => {
  for (const [i, rung] of RUNGS.entries()) {
    expect(RUNGS.findIndex((r) => r.id === rung.id)).toBe(i)
    for (const need of rung.needs) expect(RUNGS.findIndex((r) => r.id === need)).toBeLessThan(i)
    for (const s of rung.steps) {
      for (const name of [...Object.keys(s.files), ...s.outputs.map((o) => o.path)]) expect(name).toMatch(/^[\w.-]+$/)
      expect(s.stdout !== undefined || s.outputs.length > 0 || s.code !== 0).toBe(true)
    }
  }
})

test('our own programs are what their sources say', () => {
  for (const name of ['boot', 'hello-static'] as const) {
    const elf = program(name)
    const view = new DataView(elf.buffer, elf.byteOffset, elf.length)
    expect(view.getUint16(16, true)).toBe(2)
    const types = Array.from({ length: view.getUint16(56, true) }, (_, i) => view.getUint32(64 + i * 56, true))
    expect(types).toContain(1)
    expect(types).not.toContain(3)
  }
  expect(Buffer.from(program('hello-dynamic')).includes('libc.so.6')).toBe(true)
})
