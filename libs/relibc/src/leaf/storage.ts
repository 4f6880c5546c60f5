/** __tls_get_addr in WebAssembly, by the vector of blocks in the thread control block. The row in `header/start` does the rest. */
import { Gpr, I32, I64, type LeafBody, W } from '@bootgraph/cpu'
import { DTV } from '@bootgraph/ld-so'

export const storageOf: LeafBody = (code) => {
  const [index, entry, block, offset] = [code.local(I64), code.local(I64), code.local(I64), code.local(I64)]
  const bytes = code.local(I32)
  const refuse = () => code.if().i32(0).br(1).end()
  code.i32(16).set(bytes)
  code.register(Gpr.rdi).set(index).barred(index, bytes, false)
  refuse()
  code.get(index).op(W.i32wrap).mem(W.i64load).tee(entry).i64(BigInt(DTV.modules)).op(W.i64geu)
  refuse()
  code.threadPointer().get(entry).i64(3n).op(W.i64shl, W.i64add).i64(BigInt(DTV.offset)).op(W.i64add)
  code.set(entry).barred(entry, bytes, false)
  refuse()
  code.get(entry).op(W.i32wrap).mem(W.i64load).tee(block).op(W.i64eqz)
  refuse()
  code.get(index).op(W.i32wrap).mem(W.i64load, 8).tee(offset).i64(32n).op(W.i64shru, W.i32wrap)
  refuse()
  code.get(block).get(offset).op(W.i64add).answer().i32(1)
}
