/** The door of the build-graph room: shared words and contracts. Runs in a browser, too. */
export * from './digest.ts'
export * from './gap.ts'
export * from './node-contract.ts'
