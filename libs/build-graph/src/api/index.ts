/** Types of the HTTP API for its clients, made from its OpenAPI document by `npx tsx apps/build-api/write-openapi.ts`. */
export type * from './generated/schema.ts'
