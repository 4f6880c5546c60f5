export * from './elf/index.ts'
export * from './index.ts'
