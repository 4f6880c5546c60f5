/** The door of the surface: dated facts, which execute nothing. */
export * from './ability.ts'
export * from './dated.ts'
export * from './document.ts'
export { surfaceOfLibrary } from './from-library.ts'
export * from './judge.ts'
