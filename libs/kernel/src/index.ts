/** The door of the kernel room: contexts, address spaces, schemes, syscalls (Redox ABI), futexes, events, signals. */
export type * from './calls.ts'
export type * from './context/context.ts'
export * from './context/coroutine.ts'
