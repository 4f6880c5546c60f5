/** The door of the kernel room: contexts, address spaces, schemes, syscalls (Redox ABI), futexes, events, signals. */
export * from './context/coroutine.ts'
