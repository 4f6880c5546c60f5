/**
 * A failure that says nothing about the action: the node's process died, a wall-clock limit, an input that could not be
 * fetched. The attempt is reported as lost and the scheduler decides about another; everything else is a result.
 */
export class InfraError extends Error {}
