/** The door of the surface: dated facts, which execute nothing. */
export * from './dated.ts'
export * from './judge.ts'
