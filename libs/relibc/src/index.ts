/** The door of the relibc room: the hosted C library. */
export * from './registry/define.ts'
export type * from './registry/call.ts'
