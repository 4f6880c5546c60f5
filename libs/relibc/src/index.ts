/** The door of the relibc room: the hosted C library. */

export type * from './registry/call.ts'
export * from './registry/define.ts'
