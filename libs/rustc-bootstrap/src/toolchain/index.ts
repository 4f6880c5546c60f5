/** The door to toolchains that are there already, without what installs them. */
export * from './reference.ts'
export * from './toolchain-error.ts'
