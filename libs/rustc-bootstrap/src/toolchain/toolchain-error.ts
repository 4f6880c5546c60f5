/** Something about a toolchain that a person can put right; the message is one line and says how. */
export class ToolchainError extends Error {}
