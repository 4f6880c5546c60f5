/** malloc and free in WebAssembly: small blocks from a size class's list or the chunk at hand. The rows in `header/stdlib` do the rest. */
import { Gpr, I32, I64, LEAF_DATA, type LeafBody, type LeafCode, PERMISSION_TABLE, Perm, W } from '@bootgraph/cpu'
import { Heap, Mark } from '../header/stdlib/heap.ts'
import { CLASSES, FINE, LARGEST } from '../header/stdlib/size-class.ts'

/** Word of engine memory with the address of the object __libc_heap, 0 until it is known. */
export const HEAP_WORD = LEAF_DATA
const HEAD = 8
const LINK = 8
/** Answers that the host is to do the call, from `depth` constructs inside the body. */
const refuse = (code: LeafCode, depth: number) => code.i32(0).br(depth)
const COARSE = FINE / 16 + 1

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

export const take: LeafBody = (code) => {
  const [heap, total, index, bytes, list, at] = Array.from({ length: 6 }, () => code.local(I32))
  const [size, next] = [code.local(I64), code.local(I64)]
  code.i32(0).mem(W.i32load, HEAP_WORD).tee(heap).op(W.i32eqz)
  code
    .register(Gpr.rdi)
    .tee(size)
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
  code.get(at).op(W.i64extendU).answer().i32(1)
}

export const give: LeafBody = (code) => {
  const [heap, index, list, at, head] = Array.from({ length: 5 }, () => code.local(I32))
  const block = code.local(I64)
  code.i32(0).mem(W.i32load, HEAP_WORD).tee(heap).op(W.i32eqz).if()
  refuse(code, 1).end()
  code.register(Gpr.rdi).tee(block).op(W.i64eqz).if().i32(1).br(1).end()
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
  code.get(head).i32(Mark.free).mem(W.i32store, 4)
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
