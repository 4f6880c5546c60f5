/** malloc and its kin in WebAssembly: small blocks from a size class's list or the chunk at hand. The rows in `header/stdlib` do the rest. */
import { Gpr, I32, I64, LEAF_DATA, type LeafBody, type LeafCode, PERMISSION_TABLE, Perm, W } from '@bootgraph/cpu'
import { Heap, KEPT, Mark } from '../header/stdlib/heap.ts'
import { CLASSES, FINE, LARGEST } from '../header/stdlib/size-class.ts'
import { MEMORY_FILL } from './memory.ts'

/** Word of engine memory with the address of the object __libc_heap, 0 until it is known. */
export const HEAP_WORD = LEAF_DATA
const HEAD = 8
const LINK = 8
/** Answers that the host is to do the call, from `depth` constructs inside the body. */
const refuse = (code: LeafCode, depth: number) => code.i32(0).br(depth)
const COARSE = FINE / 16 + 1
/** calloc's arguments of more bits are left to the host. */
const COUNT_BITS = 20n

/** Pushes a bit of the permissions of the page around the address in an i32 local. */
const permission = (code: LeafCode, address: number, bit: number) =>
  code.get(address).i32(12).op(W.i32shru).mem(W.i32load8u, PERMISSION_TABLE).i32(bit).op(W.i32and)

/** Pushes the size of the class in an i32 local, as `classSize` has it. */
function pushClassSize(code: LeafCode, index: number): void {
  const step = code.local(I32)
  code.get(index).i32(COARSE).op(W.i32ltu).if(I32)
  code.get(index).i32(4).op(W.i32shl)
  code.else().get(index).i32(COARSE).op(W.i32sub).set(step)
  code.get(step).i32(3).op(W.i32and).i32(5).op(W.i32add)
  code.get(step).i32(2).op(W.i32shru).i32(8).op(W.i32add, W.i32shl).end()
}

/** Pushes the class of a total in an i32 local, as `classOf` has it. */
function pushClassOf(code: LeafCode, total: number): void {
  const exponent = code.local(I32)
  code.get(total).i32(FINE).op(W.i32leu).if(I32)
  code.get(total).i32(15).op(W.i32add).i32(4).op(W.i32shru)
  code.else().i32(31).get(total).i32(1).op(W.i32sub, W.i32clz, W.i32sub).set(exponent)
  code.get(exponent).i32(10).op(W.i32sub).i32(2).op(W.i32shl).i32(COARSE).op(W.i32add)
  code.get(total).i32(1).op(W.i32sub).get(exponent).i32(2).op(W.i32sub, W.i32shru).i32(4).op(W.i32sub, W.i32add).end()
}

/** Adds the signed i32 that `push` leaves to the 8 bytes at an offset in the heap's object. */
function addTo(code: LeafCode, heap: number, offset: number, push: () => void): void {
  code.get(heap).get(heap).mem(W.i64load, offset)
  push()
  code.op(W.i64extendS, W.i64add).mem(W.i64store, offset)
}

/** A block for as many bytes as an i64 local says: pushes its address as i32. `usable` refuses a block (i32 local: its head) before anything is changed. */
function allocate(code: LeafCode, size: number, usable: (head: number) => void = () => {}): void {
  const [heap, total, index, bytes, list, at] = Array.from({ length: 6 }, () => code.local(I32))
  const next = code.local(I64)
  code.i32(0).mem(W.i32load, HEAP_WORD).tee(heap).op(W.i32eqz)
  code
    .get(size)
    .i64(BigInt(LARGEST - HEAD))
    .op(W.i64gtu, W.i32or)
    .if()
  refuse(code, 1).end()
  code.get(size).op(W.i32wrap).i32(LINK).get(size).i64(BigInt(LINK)).op(W.i64gtu, W.select).i32(HEAD).op(W.i32add).set(total)
  pushClassOf(code, total)
  code.set(index)
  pushClassSize(code, index)
  code.set(bytes)
  code.get(heap).get(index).i32(3).op(W.i32shl, W.i32add).tee(list).mem(W.i32load, Heap.lists).tee(at).if()
  code.get(at).i32(HEAD).op(W.i32sub).set(total)
  permission(code, total, Perm.slowRead).if()
  refuse(code, 2).end()
  code.get(at).i32(4).op(W.i32sub).mem(W.i32load).i32(Mark.free).op(W.i32ne).if()
  refuse(code, 2).end()
  usable(total)
  code.get(list).get(at).mem(W.i64load).mem(W.i64store, Heap.lists)
  code.else()
  code.get(heap).mem(W.i64load, Heap.next).tee(next).op(W.i64eqz)
  code.get(next).get(bytes).op(W.i64extendU, W.i64add).get(heap).mem(W.i64load, Heap.limit).op(W.i64gtu, W.i32or).if()
  refuse(code, 2).end()
  code.barred(next, bytes, true).if()
  refuse(code, 2).end()
  code.get(heap).get(next).get(bytes).op(W.i64extendU, W.i64add).mem(W.i64store, Heap.next)
  code.get(next).op(W.i32wrap).i32(HEAD).op(W.i32add).set(at)
  code.end()
  code.get(at).i32(HEAD).op(W.i32sub).get(index).mem(W.i32store)
  code.get(at).i32(4).op(W.i32sub).i32(Mark.small).mem(W.i32store)
  addTo(code, heap, Heap.used, () => code.get(bytes))
  code.get(at)
}

/** malloc */
export const take: LeafBody = (code) => {
  const size = code.local(I64)
  code.register(Gpr.rdi).set(size)
  allocate(code, size)
  code.op(W.i64extendU).answer().i32(1)
}

/** calloc */
export const takeZeroed: LeafBody = (code) => {
  const [size, from] = [code.local(I64), code.local(I64)]
  const [bytes, at] = [code.local(I32), code.local(I32)]
  code.register(Gpr.rdi).register(Gpr.rsi).op(W.i64or).i64(COUNT_BITS).op(W.i64shru, W.i64eqz, W.i32eqz).if()
  refuse(code, 1).end()
  code.register(Gpr.rdi).register(Gpr.rsi).op(W.i64mul).set(size)
  allocate(code, size, (head) => {
    code.get(head).op(W.i64extendU).set(from).get(size).op(W.i32wrap).i32(HEAD).op(W.i32add).set(bytes)
    code.barred(from, bytes, true).if()
    refuse(code, 2).end()
  })
  code
    .tee(at)
    .i32(0)
    .get(size)
    .op(W.i32wrap)
    .op(...MEMORY_FILL)
  code.get(at).op(W.i64extendU).answer().i32(1)
}

/** The small block at the i64 local: sets i32 locals with its address and its class, or answers that the host is to do the call. */
function small(code: LeafCode, block: number, at: number, index: number): void {
  const head = code.local(I32)
  code.get(block).i64(32n).op(W.i64shru, W.i32wrap)
  code.get(block).op(W.i32wrap).tee(at).i32(15).op(W.i32and, W.i32or).if()
  refuse(code, 1).end()
  code.get(at).i32(HEAD).op(W.i32sub).set(head)
  permission(code, head, Perm.slowWrite).if()
  refuse(code, 1).end()
  code.get(head).mem(W.i32load, 4).i32(Mark.small).op(W.i32ne)
  // A class from 1 on: 0 and what is no class are above the others when 1 is taken away.
  code
    .get(head)
    .mem(W.i32load)
    .tee(index)
    .i32(1)
    .op(W.i32sub)
    .i32(CLASSES - 1)
    .op(W.i32geu, W.i32or)
    .if()
  refuse(code, 1).end()
}

/** realloc of a block that has room enough and not too much: it stays where it is. */
export const resize: LeafBody = (code) => {
  const [at, index, usable] = Array.from({ length: 3 }, () => code.local(I32))
  const [block, size] = [code.local(I64), code.local(I64)]
  code.register(Gpr.rdi).tee(block).op(W.i64eqz)
  code.register(Gpr.rsi).tee(size).op(W.i64eqz, W.i32or).if()
  refuse(code, 1).end()
  small(code, block, at, index)
  pushClassSize(code, index)
  code.i32(HEAD).op(W.i32sub).set(usable)
  code.get(size).get(usable).op(W.i64extendU, W.i64gtu)
  code.get(usable).i32(KEPT).op(W.i32gtu)
  code.get(size).i64(1n).op(W.i64shl).get(usable).op(W.i64extendU, W.i64leu, W.i32and, W.i32or).if()
  refuse(code, 1).end()
  code.get(block).answer().i32(1)
}

/** free */
export const give: LeafBody = (code) => {
  const [heap, index, list, at] = Array.from({ length: 4 }, () => code.local(I32))
  const block = code.local(I64)
  code.i32(0).mem(W.i32load, HEAP_WORD).tee(heap).op(W.i32eqz).if()
  refuse(code, 1).end()
  code.register(Gpr.rdi).tee(block).op(W.i64eqz).if().i32(1).br(1).end()
  small(code, block, at, index)
  code.get(at).i32(HEAD).op(W.i32sub).i32(Mark.free).mem(W.i32store, 4)
  code.get(heap).get(index).i32(3).op(W.i32shl, W.i32add).set(list)
  code.get(at).get(list).mem(W.i64load, Heap.lists).mem(W.i64store)
  code.get(list).get(at).op(W.i64extendU).mem(W.i64store, Heap.lists)
  addTo(code, heap, Heap.used, () => {
    code.i32(0)
    pushClassSize(code, index)
    code.op(W.i32sub)
  })
  code.i32(1)
}
