/** The door of the CPU room: x86-64 user mode → WebAssembly. Knows nothing of Redox. */
export * from './memory/guest-memory.ts'
export type * from './run/cpu.ts'
export { createCpu } from './run/engine.ts'
export * from './run/exit.ts'
export { HandlerBook } from './run/handler-book.ts'
export { LEAF_DATA, type Leaf, type LeafBody, type LeafCode, LeafSet } from './run/leaf-set.ts'
export { I32, I64, V128, W } from './wasm/code.ts'
