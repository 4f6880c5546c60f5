/** The door for whoever runs actions on this host: one action, one node process, one result. Not for a browser. */
export * from './execute-action.ts'
export * from './infra-error.ts'
export * from './launcher.ts'
export { makeLinks } from './make-links.ts'
export * from './node-flags.ts'
export * from './outputs.ts'
export * from './run-node.ts'
export * from './watch-node.ts'
