/** The door of the relibc room: the hosted C library. */

export type { Abi } from './abi/layout.ts'
export { linuxGnu } from './abi/linux-gnu.ts'
export { redox } from './abi/redox.ts'
export { platformHeaders } from './header/platform.ts'
export { Libc, type LibcOptions } from './libc.ts'
export type * from './platform/dispatch-port.ts'
export type * from './platform/linker-port.ts'
export type { Platform } from './platform/platform.ts'
export type * from './registry/call.ts'
export * from './registry/define.ts'
export { collect, type Registry } from './registry/registry.ts'
export { VaList } from './registry/va-list.ts'
