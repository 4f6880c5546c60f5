/** Contrast of every colour pair that carries meaning, recomputed from tokens.css (WCAG 2.2, 1.4.3 and 1.4.11). */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { contrast } from './contrast.ts'

const sources = fileURLToPath(new URL('../src/', import.meta.url))
const css = readFileSync(`${sources}styles/tokens.css`, 'utf8')
const tokens = [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => ({
  name: name!,
  light: light!,
  dark: dark!,
}))
const STATES = ['passed', 'failed', 'blocked', 'running', 'queued', 'cached', 'none']
const TRUTHS = ['upstream', 'model', 'spelling', 'host-only']

function colour(name: string, theme: 'light' | 'dark'): string {
  const token = tokens.find((one) => one.name === name)
  if (token === undefined) throw new Error(`no token --${name}`)
  return token[theme]
}

/** Pairs below the ratio, by name, so that a failure says which. */
function tooWeak(names: readonly string[], grounds: readonly string[], least: number): string[] {
  return (['light', 'dark'] as const).flatMap((theme) =>
    names.flatMap((name) =>
      grounds
        .filter((ground) => contrast(colour(name, theme), colour(ground, theme)) < least)
        .map((ground) => `${name} on ${ground}, ${theme}: ${contrast(colour(name, theme), colour(ground, theme)).toFixed(2)}`),
    ),
  )
}

test('text of any colour stands out from every ground', () => {
  const ansi = Array.from({ length: 8 }, (_, index) => `ansi-${index}`)
  expect(tooWeak(['text', 'muted', 'link', ...STATES, ...TRUTHS, ...ansi], ['bg', 'raised'], 4.5)).toEqual([])
  expect(tooWeak(['text', 'muted', 'link', ...ansi], ['selected'], 4.5)).toEqual([])
  expect(tooWeak(['text'], ['mark'], 4.5)).toEqual([])
})

test('signs on solid states, borders of controls and the ring of focus stand out', () => {
  expect(tooWeak(['on-solid'], ['passed', 'failed', 'cached', 'upstream', 'accent'], 4.5)).toEqual([])
  expect(tooWeak(['control', 'focus'], ['bg', 'raised'], 3)).toEqual([])
})

test('no two states share a colour that could be taken for the other', () => {
  for (const theme of ['light', 'dark'] as const)
    for (const [index, one] of STATES.entries())
      for (const other of STATES.slice(index + 1)) {
        // Queued and not run are both grey: their shapes differ, and both say that nothing happened yet.
        if (one === 'queued' && other === 'none') continue
        expect(distance(colour(one, theme), colour(other, theme)), `${one} and ${other}, ${theme}`).toBeGreaterThan(19)
      }
})

/** CIE76 difference over CIELAB, D65. */
function distance(one: string, other: string): number {
  const [a, b] = [lab(one), lab(other)]
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}

function lab(hex: string): [number, number, number] {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  const bend = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27) * (t / 116) + 16 / 116)
  const x = bend((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047)
  const y = bend(0.2126 * r + 0.7152 * g + 0.0722 * b)
  const z = bend((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

test('no style names a colour of its own', () => {
  const styles = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.css') && !path.endsWith('tokens.css'),
  )
  expect(styles.length).toBeGreaterThan(20)
  const literal = /#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch|lab)a?\(/i
  expect(styles.filter((path) => literal.test(readFileSync(sources + path, 'utf8')))).toEqual([])
})

test('no page turns text into markup', () => {
  const code = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path))
  expect(code.filter((path) => /dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML/.test(readFileSync(sources + path, 'utf8')))).toEqual(
    [],
  )
})
