/** The futex word of a mutex: its owner's tid, and two bits (Linux futex.h). */

/** Somebody sleeps. */
export const WAITERS = 0x8000_0000
/** The owner has ended. */
export const OWNER_DIED = 0x4000_0000

/** Tid of the owner, 0 if there is none. */
export const ownerOf = (word: number): number => (word & ~(WAITERS | OWNER_DIED)) >>> 0
