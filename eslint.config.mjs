import { readFileSync } from 'node:fs'
import nx from '@nx/eslint-plugin'
import tseslint from 'typescript-eslint'

const rooms = JSON.parse(readFileSync(new URL('./tools/rooms.json', import.meta.url), 'utf8'))
const machine = ['cpu', 'kernel', 'drivers', 'ld-so', 'relibc']
/** Rooms that are machines; who holds only their data and file formats may use these entries and no other. */
const pure = { '@bootgraph/ld-so': 'use @bootgraph/ld-so/elf or /ability', '@bootgraph/relibc': 'use @bootgraph/relibc/surface or /output' }

export default [
  { ignores: ['**/dist/**', '**/node_modules/**', '**/generated/**'] },
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: { parser: tseslint.parser },
    plugins: { '@nx': nx, '@typescript-eslint': tseslint.plugin },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allow: [],
          enforceBuildableLibDependency: false,
          // Its tracing is loaded where a collector is configured, the rest always.
          checkDynamicDependenciesExceptions: ['@bootgraph/build-graph'],
          depConstraints: Object.entries(rooms).map(([room, others]) => ({
            sourceTag: `room:${room}`,
            onlyDependOnLibsWithTags: [`room:${room}`, ...others.map((other) => `room:${other}`)],
          })),
        },
      ],
    },
  },
  {
    files: machine.map((room) => `libs/${room}/src/**/*.ts`),
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ group: ['node:*'], message: 'the machine reaches the host only through ports' }] }],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'the clock comes through a port' },
        { object: 'performance', property: 'now', message: 'the clock comes through a port' },
        { object: 'Math', property: 'random', message: 'entropy comes through a port' },
      ],
      'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'setImmediate', 'process'],
    },
  },
  {
    files: ['apps/**/*.{ts,tsx}', 'libs/rustc-bootstrap/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: Object.entries(pure).map(([name, message]) => ({ name, message, allowTypeImports: true })) },
      ],
    },
  },
]
