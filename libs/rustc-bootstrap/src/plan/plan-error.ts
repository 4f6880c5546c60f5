/** A request that means nothing; its message is one clear line. */
export class PlanError extends Error {}
