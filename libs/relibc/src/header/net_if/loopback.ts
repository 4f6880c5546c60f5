/** The one interface that a node has. */
export const LOOPBACK = { name: 'lo', index: 1 } as const
