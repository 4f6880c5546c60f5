/** The door of the rustc-bootstrap room: toolchains as content-addressed trees, and the ladder. */

export * from './ladder/run-ladder.ts'
export * from './rung.ts'
export * from './sysroot.ts'
export * from './toolchain/add.ts'
export * from './toolchain/install.ts'
export * from './toolchain/progress.ts'
export * from './toolchain/reference.ts'
export * from './toolchain/release.ts'
export * from './toolchain/toolchain-error.ts'
export * from './toolchain/verify.ts'
