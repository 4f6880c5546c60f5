/** Hostile and broken programs: each ends as natively, or by the limit that the run was given, and the host's side holds. */
import { fileURLToPath } from 'node:url'
import { queryObjects } from 'node:v8'
import { describe, expect, it } from 'vitest'
import { compiled } from './corpus/programs.ts'
import { inNode, natively } from './corpus/run.ts'

const program = (name: string) => compiled('c', fileURLToPath(new URL(`./hostile/${name}.c`, import.meta.url)))
const MEGABYTE = 1 << 20

describe('does in a node what it does natively', () => {
  it.each(['faults', 'unaligned', 'descriptors'])('%s', (name) => {
    const { code, stdout, gaps, notes } = inNode(program(name))
    expect({ code, stdout }, notes.join('\n')).toEqual(natively(program(name)))
    expect(gaps.filter(({ truth }) => truth === 'model').map((gap) => gap.name)).toEqual([])
  })
})

it('processes that have ended leave nothing with the host', () => {
  const seen: { tables: number; heap: number }[] = []
  const look = () => {
    // It collects the garbage first. An engine has tables of its own.
    const tables = queryObjects(WebAssembly.Table, { format: 'count' })
    const { heapUsed, external } = process.memoryUsage()
    seen.push({ tables, heap: heapUsed + external })
  }
  const { code, stdout, calls, notes } = inNode({ ...program('generations'), args: ['60'] }, {}, look)
  expect({ code, stdout }, notes.join('\n')).toEqual({ code: 0, stdout: '10\n20\n30\n40\n50\n60\n' })
  expect([calls.fork, calls.execl, calls._exit]).toEqual([60, 30, 60])
  const [first, last] = [seen[0], seen[5]]
  expect(last.tables).toBe(first.tables)
  // One engine has more than half a megabyte there.
  expect(last.heap - first.heap).toBeLessThan(2 * MEGABYTE)
})

describe('ends by its limit', () => {
  const limited = (what: string, options = {}) => inNode({ ...program('limits'), args: [what] }, { budget: 5_000_000, ...options })

  it.each([
    ['loop', 5_000_000],
    ['jump', 5_000_000],
    ['calls', 1_000_000],
    ['repeat', 200_000],
  ])('%s: the budget', (what, budget) => {
    expect(limited(what, { budget })).toMatchObject({ code: 124, notes: [expect.stringMatching(/budget/)] })
  })

  it.each(['forks', 'children'])('%s: the budget, and no more memory than it was given', (what) => {
    const before = process.memoryUsage().rss
    expect(limited(what, { budget: 20_000, memory: 128 * MEGABYTE }).code).toBe(124)
    expect(process.memoryUsage().rss - before).toBeLessThan(1024 * MEGABYTE)
  })

  it.each(['heap', 'pages'])('%s: memory is refused to the program, which goes on', (what) => {
    const memory = 96 * MEGABYTE
    const { code, stdout } = limited(what, { memory })
    expect(code).toBe(0)
    expect(Number(stdout)).toBeGreaterThan(memory / 2)
    expect(Number(stdout)).toBeLessThan(memory)
  })

  it.each([
    ['files', 'ENOSPC'],
    ['open files', 'ENOSPC'],
    ['inodes', 'ENOSPC'],
    ['pipes', 'ENOMEM'],
    ['sockets', 'ENOMEM'],
    ['datagrams', 'ENOMEM'],
  ])('%s: what the kernel keeps is within the memory that was given, refused beyond, and free again when it is gone', (what, refusal) => {
    const memory = 24 * MEGABYTE
    const { code, stdout, notes } = inNode({ ...program('keeps'), args: [what] }, { memory })
    expect(code, notes.join('\n')).toBe(0)
    const [said, first, second] = stdout.trim().split(' ')
    expect(said).toBe(refusal)
    expect(Number(first)).toBeGreaterThan(memory / 4)
    expect(Number(first)).toBeLessThan(memory)
    expect(second).toBe(first)
  })

  it.each(['pipe', 'stop'])('%s: nobody can ever go on, and the run says so', (what) => {
    expect(limited(what)).toMatchObject({ code: 124, notes: [expect.stringMatching(/a deadlock/)] })
  })
})
