/**
 * Writes one guest function as one wasm function `(pc) → next pc`: nested blocks and loops (N. Ramsey, "Beyond Relooper", 2022), where loops
 * have one entry, or are given one. The function's start and every loop head can be entered by their address.
 */
import { semanticsOf } from '../isa/table.ts'
import { pushSlow } from '../memory/fast-check.ts'
import { PAGE } from '../memory/guest-memory.ts'
import { gpr, STACK_MARGIN, Stack, State } from '../run/state-block.ts'
import { type Code, I32, I64, W } from '../wasm/code.ts'
import { Flag } from './effects.ts'
import { type FlowGraph, flowGraph, loopNest } from './flow-graph.ts'
import type { Block, FunctionCode } from './function-code.ts'
import { FunctionEmitter, type FunctionPorts } from './function-emitter.ts'
import { Call, GUARD_WRITE } from './imports.ts'
import type { LandingGroup } from './landing.ts'
import { crosses, factsOf, type Liveness, liveness } from './liveness.ts'
import { type Untangled, untangle } from './untangle.ts'
import { type Checks, checksOf } from './windows.ts'

export interface Translation {
  readonly code: Code
  readonly end: number
  /** Guest addresses that may be passed as pc: the start, then loop heads. */
  readonly entries: readonly number[]
  readonly groups: readonly LandingGroup[]
}

const PC = 0
const RSP = 4
const UNREACHED = -1

export class FunctionWriter {
  readonly #fn: FunctionCode
  readonly #emitter: FunctionEmitter
  readonly #code: Code
  /** Node 0 is the way in, 1 … the blocks, then dispatchers and notes (`untangle`), then the selecting nodes before heads of loops that hold loops. */
  readonly #blocks: (Block | undefined)[] = [undefined]
  readonly #nodeAt = new Map<number, number>()
  readonly #graph: FlowGraph
  readonly #untangled: Untangled
  /** Heads of loops, outer before inner, in the order of their selector numbers, which start at 1. */
  readonly #heads: number[] = []
  /** By head: the last selector number inside its loop, and the heads directly inside. */
  readonly #lastInside = new Map<number, number>()
  readonly #inside = new Map<number, number[]>()
  readonly #outermost: number[] = []
  /** By head: the node that edges to it go to. */
  readonly #before = new Map<number, number>()
  /** By selecting node: its head. */
  readonly #selects = new Map<number, number>()
  readonly #entry: number
  readonly #all: number
  readonly #live: Liveness
  readonly #select: number
  /** Local with the place of the entry that a dispatcher goes to; the first one's where the loop is entered by its address. */
  readonly #note: number
  readonly #children: number[][]
  readonly #isMerge: Uint8Array
  readonly #blockDepth = new Map<number, number>()
  readonly #loopDepth = new Map<number, number>()
  readonly #calls: boolean
  readonly #checks: Checks

  constructor(fn: FunctionCode, ports: FunctionPorts) {
    this.#fn = fn
    for (const block of fn.blocks) {
      this.#nodeAt.set(block.start, this.#blocks.length)
      this.#blocks.push(block)
    }
    const start = this.#nodeAt.get(fn.start)!
    const plain = this.#blocks.map((block) => (block ? block.next.map((at) => this.#nodeAt.get(at)!) : [start]))
    this.#untangled = untangle(plain)
    for (let node = plain.length; node < this.#untangled.successors.length; node++) this.#blocks.push(undefined)
    const successors = this.#selectable(this.#untangled.successors, flowGraph(this.#untangled.successors))
    this.#entry = successors[0][0]
    this.#graph = flowGraph(successors)
    let all = 0
    for (const block of fn.blocks) for (const each of block.effects) all |= each.used | each.defined
    this.#all = all
    const facts = successors.map((_, node) => factsOf(this.#blocks[node]))
    this.#live = liveness(facts, this.#graph, this.#entry, all)
    this.#calls = facts.some((each) => each.calls)
    this.#checks = checksOf(fn)
    const loops = fn.blocks.some((block) => block.next.some((at) => at <= block.insns.at(-1)!.rip))
    this.#emitter = new FunctionEmitter(ports, fn, loops)
    this.#code = this.#emitter.code
    this.#select = this.#heads.length > 0 ? this.#code.local(I32) : UNREACHED
    this.#note = this.#untangled.notes.size > 0 ? this.#code.local(I32) : UNREACHED
    this.#children = successors.map(() => [])
    this.#isMerge = new Uint8Array(successors.length)
    this.#shape()
  }

  /** Adds selecting nodes, so that every loop head can be reached from the way in without a second entry into a loop. */
  #selectable(plain: number[][], graph: FlowGraph): number[][] {
    const { around } = loopNest(graph)
    for (const node of graph.order) {
      if (!graph.isHeader[node]) continue
      this.#inside.set(node, [])
      if (around[node] < 0) this.#outermost.push(node)
      else this.#inside.get(around[node])!.push(node)
    }
    const number = (head: number): void => {
      this.#heads.push(head)
      for (const inner of this.#inside.get(head)!) number(inner)
      this.#lastInside.set(head, this.#heads.length)
    }
    for (const head of this.#outermost) number(head)
    const successors = plain.map((next) => [...next])
    for (const head of this.#heads) {
      if (this.#inside.get(head)!.length === 0) continue
      const node = successors.length
      successors.push([])
      this.#blocks.push(undefined)
      this.#before.set(head, node)
      this.#selects.set(node, head)
    }
    for (const next of successors) for (let i = 0; i < next.length; i++) next[i] = this.#before.get(next[i]) ?? next[i]
    for (const [node, head] of this.#selects)
      successors[node] = [head, ...this.#inside.get(head)!.map((each) => this.#before.get(each) ?? each)]
    for (const head of this.#outermost) {
      const node = this.#before.get(head) ?? head
      if (!successors[0].includes(node)) successors[0].push(node)
    }
    return successors
  }
  /** Dominator tree, and the nodes that need a label. */
  #shape(): void {
    const { order, dominator, predecessors, position, successors } = this.#graph
    for (const node of order) if (node !== 0) this.#children[dominator[node]].push(node)
    for (const node of order) {
      const forward = predecessors[node].filter((from) => position[from] < position[node])
      if (forward.length > 1) this.#isMerge[node] = 1
      // Targets of tables and selectors are branched to by number.
      if (node === 0 || this.#selects.has(node) || this.#untangled.dispatchers.has(node) || this.#blocks[node]?.table)
        for (const next of successors[node]) this.#isMerge[next] = 1
    }
  }

  /** `position`: of its slot among the module's. */
  write(position: number): Translation {
    this.#tree(0)
    return { ...this.#emitter.finish(position), end: this.#fn.end, entries: [this.#fn.start, ...this.#headAddresses()] }
  }
  /** A dispatcher stands for its first entry. */
  #headBlock(head: number): Block {
    return this.#blocks[head] ?? this.#blocks[this.#untangled.dispatchers.get(head)![0]]!
  }
  #headAddresses(): number[] {
    const addresses = new Set(this.#heads.map((head) => this.#headBlock(head).start))
    addresses.delete(this.#fn.start)
    return [...addresses]
  }

  // Structure

  #tree(root: number): void {
    const { position, isHeader } = this.#graph
    const code = this.#code
    const merges = this.#children[root].filter((node) => this.#isMerge[node]).sort((a, b) => position[a] - position[b])
    if (isHeader[root]) {
      this.#emitter.storeRegisters(this.#live.spilledBefore[root])
      code.loop()
      this.#loopDepth.set(root, code.depth)
    }
    for (let i = merges.length - 1; i >= 0; i--) {
      code.block()
      this.#blockDepth.set(merges[i], code.depth)
    }
    this.#node(root)
    for (const merge of merges) {
      code.end()
      this.#tree(merge)
    }
    if (isHeader[root]) code.op(0x00).end()
  }
  /** The depth of the label for going to a node, or undefined if its code goes here. */
  #label(from: number, to: number): number | undefined {
    const code = this.#code
    const { position } = this.#graph
    if (position[to] <= position[from]) return code.depth - this.#loopDepth.get(to)!
    return this.#isMerge[to] ? code.depth - this.#blockDepth.get(to)! : undefined
  }
  #go(from: number, to: number): void {
    const label = this.#label(from, to)
    if (label === undefined) this.#tree(to)
    else this.#code.br(label)
  }

  // Nodes

  #node(node: number): void {
    const block = this.#blocks[node]
    if (node === 0) this.#wayIn()
    else if (block) this.#block(node, block)
    else if (this.#selects.has(node)) this.#selector(node)
    else if (this.#untangled.dispatchers.has(node)) this.#dispatcher(node)
    else {
      this.#code.i32(this.#untangled.notes.get(node)!).set(this.#note)
      this.#go(node, this.#graph.successors[node][0])
    }
  }

  #wayIn(): void {
    const code = this.#code
    const emitter = this.#emitter
    const { liveIn, flagsIn } = this.#live
    const starts = this.#headAddresses()
    code.get(PC).i32(this.#fn.start).op(W.i32ne).unlikely().if()
    if (starts.length === 0) code.get(PC).returnCall(Call.interpret)
    else {
      code.block()
      for (const [i, head] of this.#heads.entries()) {
        const block = this.#headBlock(head)
        code.get(PC).i32(block.start).op(W.i32eq).if()
        this.#frame(this.#checks.depth.get(block))
        code.i32(i + 1).set(this.#select)
        code.br(1).end()
      }
      code.get(PC).returnCall(Call.interpret)
      code.end()
      let flags = 0
      for (const head of this.#heads) flags |= flagsIn[this.#before.get(head) ?? head]
      emitter.reload(this.#all, flags)
      this.#choose(0, this.#outermost)
    }
    code.end()
    const { frame } = this.#checks
    const usual = frame !== undefined && frame.low >= -STACK_MARGIN && frame.high <= STACK_MARGIN
    if (usual) {
      code.i32(0).mem(W.i64load, gpr(RSP)).i32(0).mem(W.i64load, Stack.low).op(W.i64sub)
      code.i32(0).mem(W.i64load, Stack.size).op(W.i64geu).unlikely().if()
    }
    if (this.#calls) {
      code.i32(0).mem(W.i64load, gpr(RSP)).i32(0).mem(W.i64load, State.limit).op(W.i64ltu).unlikely().if()
      code.i32(0).get(PC).op(W.i64extendU).mem(W.i64store, State.rip)
      code.i32(0).i32(1).mem(W.i32store, State.deep).i32(0).return().end()
    }
    this.#frame(0)
    if (usual) code.end()
    emitter.reload(liveIn[this.#entry], flagsIn[this.#entry])
    this.#go(0, this.#entry)
  }
  /** At a way in: what the function's frame needs is checked at once, if the stack pointer's distance from the function's start is known. */
  #frame(depth: number | undefined): void {
    const { frame } = this.#checks
    if (frame === undefined || depth === undefined) return
    const code = this.#code
    const size = frame.high - frame.low
    const low = code.local(I64)
    code
      .i32(0)
      .mem(W.i64load, gpr(RSP))
      .i64(BigInt(frame.low - depth))
      .op(W.i64add)
      .set(low)
    const near = size <= PAGE
    if (near) {
      pushSlow(code, low, true)
      code.unlikely().if()
    }
    code
      .get(low)
      .i32(size + GUARD_WRITE)
      .call(Call.guard)
      .if()
    code.i32(0).get(PC).op(W.i64extendU).mem(W.i64store, State.rip)
    code.i32(0).get(PC).mem(W.i32store, State.force).i32(0).return().end()
    if (near) code.end()
  }
  /** Goes to the one of these loops that has the selected head inside; the selector is 0 from there on if it is that loop's own. */
  #choose(from: number, heads: readonly number[]): void {
    const code = this.#code
    for (const head of heads) {
      const target = this.#before.get(head) ?? head
      code.get(this.#select).i32(this.#lastInside.get(head)!).op(W.i32leu).if()
      if (target === head) code.i32(0).set(this.#select)
      code.br(this.#label(from, target)!).end()
    }
    code.op(0x00)
  }
  #dispatcher(node: number): void {
    const labels = this.#graph.successors[node].map((to) => this.#label(node, to)!)
    this.#code.get(this.#note).brTable(labels)
  }
  #selector(node: number): void {
    const code = this.#code
    const head = this.#selects.get(node)!
    const own = this.#heads.indexOf(head) + 1
    code.get(this.#select).if()
    code.get(this.#select).i32(own).op(W.i32eq).if()
    code.i32(0).set(this.#select)
    code.else()
    this.#choose(node, this.#inside.get(head)!)
    code.end().end()
    this.#go(node, head)
  }

  #block(node: number, block: Block): void {
    const emitter = this.#emitter
    const code = this.#code
    const { validIn, dirtyIn, flagsIn, liveOut, flagsOut } = this.#live
    emitter.beginBlock(validIn[node], dirtyIn[node], flagsIn[node])
    const { insns, effects } = block
    const count = insns.length
    const live = new Int32Array(count + 1)
    const flags = new Int32Array(count + 1)
    live[count] = liveOut[node]
    flags[count] = flagsOut[node]
    for (let i = count - 1; i >= 0; i--) {
      const { used, defined, flagsUsed, flagsDefined, special } = effects[i]
      const across = crosses(insns[i].name, special)
      live[i] = across ? used : (live[i + 1] & ~defined) | used
      flags[i] = special ? Flag.all : across ? flagsUsed : (flags[i + 1] & ~flagsDefined) | flagsUsed
    }
    const checks = this.#checks.of.get(block)!
    const { table } = block
    const indexAt = table ? insns.findIndex(({ rip }) => rip === table.load) : -1
    let index = -1
    for (let i = 0; i < count; i++) {
      const insn = insns[i]
      if (i === indexAt) {
        index = code.local(I64)
        code.get(emitter.register(table!.index))
        const { base } = table!
        // No index is so large.
        if (base) code.i64(-1n).get(emitter.register(base.register)).i64(BigInt(base.value)).op(W.i64eq, W.select)
        code.set(index)
      }
      if (effects[i].special && !crosses(insn.name, true)) {
        emitter.settleFlags(Flag.all)
        emitter.exit(insn.rip, true)
        return
      }
      emitter.instruction(insn, effects[i], checks[i], live[i + 1], flags[i + 1], flags[i], semanticsOf(insn.name))
    }
    this.#onward(node, block, index)
  }

  /** Where the block's last instruction leads. */
  #onward(node: number, block: Block, index: number): void {
    const emitter = this.#emitter
    const last = block.insns.at(-1)!
    const { ended } = emitter
    const charged = last.target <= last.rip
    if (ended === undefined) {
      emitter.settleFlags(this.#live.flagsOut[node])
      this.#on(node, block)
    } else if (ended.kind === 'jump') {
      if (ended.target < 0) return
      if (block.table) this.#table(node, block, index)
      emitter.tailJump(ended.target)
    } else if (!ended.conditional) {
      const to = this.#nodeFor(node, block, last.target)
      if (to === undefined) emitter.tailTo(last.target, charged)
      else {
        if (charged) emitter.charge()
        this.#go(node, to)
      }
    } else this.#conditional(node, block, charged)
  }
  /** The node that a block's way to a guest address leads to; undefined if it leads out of the function. */
  #nodeFor(node: number, block: Block, address: number): number | undefined {
    const place = block.next.indexOf(address)
    return place < 0 ? undefined : this.#graph.successors[node][place]
  }
  /** In line. */
  #on(node: number, block: Block): void {
    const to = this.#nodeFor(node, block, block.end)
    if (to === undefined) this.#emitter.exit(block.end, false)
    else this.#go(node, to)
  }
  #conditional(node: number, block: Block, charged: boolean): void {
    const emitter = this.#emitter
    const code = this.#code
    const last = block.insns.at(-1)!
    const to = this.#nodeFor(node, block, last.target)
    const label = to === undefined || charged ? undefined : this.#label(node, to)
    if (label !== undefined) code.brIf(label)
    else {
      code.if()
      const { valid, dirty, validFlags } = emitter
      if (to === undefined) emitter.tailTo(last.target, charged)
      else {
        if (charged) emitter.charge()
        this.#go(node, to)
      }
      code.end()
      emitter.beginBlock(valid, dirty, validFlags)
    }
    this.#on(node, block)
  }
  #table(node: number, block: Block, index: number): void {
    const { targets } = block.table!
    const emitter = this.#emitter
    const code = this.#code
    code.get(index).i64(BigInt(targets.length)).op(W.i64ltu).if()
    emitter.spend()
    code.block()
    const labels = targets.map((at) => {
      const to = this.#nodeFor(node, block, at)
      return to === undefined ? 0 : this.#label(node, to)!
    })
    code
      .get(index)
      .op(W.i32wrap)
      .brTable([...labels, labels[0]])
    code.end()
    emitter.exit(this.#fn.end, false)
    code.end()
  }
}
