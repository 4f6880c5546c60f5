/** A request that means nothing; its message is one clear line. */
export class PlanError extends Error {}

/** Why what is made of the compiler's source cannot be. */
export const NO_SOURCE = 'the compiler\'s source is not installed; "bootgraph toolchain install rustc-source" does it'
