import { defineConfig } from 'vitest/config'

/** `npm run test:full`: the suites that take too long for every change; `npm test` has the rest. */
export default defineConfig({
  test: {
    include: ['{libs,apps}/*/{src,test}/**/*.long.test.ts', 'tools/**/*.long.test.ts'],
    globalSetup: 'tools/native/full-setup.ts',
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
