export * from './index.ts'
export * from './output/index.ts'
export * from './surface/index.ts'
