import { expect, test } from 'vitest'
import { gapMarkdown } from './gap-markdown.ts'

const GAP = {
  key: 'upstream/relibc/symbol-missing/flock',
  truth: 'upstream',
  component: 'relibc',
  kind: 'symbol-missing',
  name: 'flock',
  state: 'open',
  firstSeen: '2026-11-29T10:00:00.000Z',
  lastSeen: '2026-11-30T10:00:00.000Z',
  units: 3,
  stops: 1,
  blocks: 50,
  freesAlone: 49,
  rungs: [],
  linkages: ['static', 'dynamic'],
  called: false,
  closesAt: '2020-01-12',
  surfaces: ['2019-11-27'],
} as const

const written = (name: string) =>
  gapMarkdown({ ...GAP, name, rungs: [], linkages: [...GAP.linkages], surfaces: [...GAP.surfaces] }, 'http://localhost/gaps/x')

test('a gap is copied with what it holds up, when it closes, and the way to its page', () => {
  expect(written('flock')).toBe(`**relibc: \`flock\` is missing**

- gap: relibc, symbol missing, \`flock\`
- truth: upstream
- state: open
- closes at: 2020-01-12
- holds up: 50 units, 49 of them alone
- use: only imported
- compiler: static, dynamic
- surfaces: 2019-11-27
- seen: 2026-11-29T10:00:00.000Z to 2026-11-30T10:00:00.000Z

<http://localhost/gaps/x>
`)
})

test('a name cannot end the code that it stands in', () => {
  expect(written('a`*b*')).toContain('`` a`*b* ``')
})
