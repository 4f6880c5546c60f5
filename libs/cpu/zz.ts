import { openSync, readSync, fstatSync } from 'node:fs'
import { GuestMemory, Perm } from './src/index.ts'
import { readFunction } from './src/translate/function-code.ts'
import { flowGraph } from './src/translate/flow-graph.ts'
const lib = process.argv[2], bias = 0x4418c000
const m = new GuestMemory()
const fd = openSync(lib, 'r'), head = Buffer.alloc(4096); readSync(fd, head, 0, 4096, 0)
const phoff = Number(head.readBigUInt64LE(32)), phn = head.readUInt16LE(56)
for (let i = 0; i < phn; i++) { const o = phoff + i * 56; if (head.readUInt32LE(o) !== 1) continue
  const flags = head.readUInt32LE(o + 4), off = Number(head.readBigUInt64LE(o + 8)), va = Number(head.readBigUInt64LE(o + 16)), fs = Number(head.readBigUInt64LE(o + 32)), ms = Number(head.readBigUInt64LE(o + 40))
  const lo = (bias + va) & ~4095, hi = (bias + va + ms + 4095) & ~4095
  m.protect(lo, hi - lo, Perm.read | Perm.write); const buf = m.bytes(bias + va, fs); let at = 0; while (at < fs) at += readSync(fd, buf, at, Math.min(1 << 20, fs - at), off + at)
  m.protect(lo, hi - lo, Perm.read | (flags & 1 ? Perm.exec : 0) | (flags & 2 ? Perm.write : 0)) }
for (const [start, size] of process.argv.slice(3).map((x) => x.split('+').map((y, i) => parseInt(y, i ? 10 : 16)))) {
  const fn = readFunction(m, { start, end: start + size }, 20000, false)
  if (!fn) { console.log(start.toString(16), 'unreadable'); continue }
  const at = new Map(fn.blocks.map((b, i) => [b.start, i + 1]))
  const succ = [[at.get(fn.start)!], ...fn.blocks.map((b) => b.next.map((n) => at.get(n)!))]
  const g = flowGraph(succ)
  const dom = (a: number, b: number) => { while (g.position[b] > g.position[a]) b = g.dominator[b]; return a === b }
  let bad = 0; const heads = new Set<number>()
  for (const n of g.order) for (const t of g.successors[n]) if (g.position[t] <= g.position[n] && !dom(t, n)) { bad++; heads.add(t) }
  const tables = fn.blocks.filter((b) => b.table), ends: Record<string, number> = {}
  for (const b of fn.blocks) if (b.next.length === 0) { const l = b.insns.at(-1)!; const k = l.name + (l.operands.length ? ' op' : ''); ends[k] = (ends[k] ?? 0) + 1 }
  console.log(start.toString(16), size, 'blocks', fn.blocks.length, 'insns', fn.instructions, 'reach', g.order.length, 'reducible', g.reducible, 'bad edges', bad, 'bad heads', heads.size, 'headers', g.isHeader.reduce((a, b) => a + b, 0), 'tables', tables.length, tables.map((t) => t.table!.targets.length).join(','), JSON.stringify(ends))
}
