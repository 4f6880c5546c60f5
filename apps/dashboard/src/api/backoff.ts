/** Milliseconds before the next attempt: 1, 2, 4 … 30 s, each with up to a quarter of jitter, so that browsers do not return in step. */
export const backoff = (failures: number, random: () => number): number => Math.min(30_000, 1000 * 2 ** failures) * (1 + random() / 4)
