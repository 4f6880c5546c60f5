/** Numbers and times as people read them; always in English, so that a screen, a bug report and the command line agree. */
const grouped = new Intl.NumberFormat('en')

export const count = (n: number): string => grouped.format(n)

/** `1 unit`, `10,000 units`. */
export const noun = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`

/** Milliseconds as `0.4 s`, `4 min 05 s`, `1 h 12 min`. */
export function took(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  const minutes = Math.round(whole / 60)
  return `${count(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, '0')} min`
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** `512 B`, `1.4 GiB`. */
export function bytes(n: number): string {
  let [value, unit] = [n, 0]
  while (value >= 1023.95 && unit < UNITS.length - 1) [value, unit] = [value / 1024, unit + 1]
  return unit === 0 ? `${count(value)} B` : `${value.toFixed(1)} ${UNITS[unit]}`
}

/** The share and the fraction that it comes from: a percentage never stands alone. */
export function share(part: number, whole: number): string {
  const of = `${count(part)} of ${count(whole)}`
  return whole === 0 ? of : `${Math.floor((100 * part) / whole)} %, ${of}`
}

/** Twelve digits name anything here. */
export const shortDigest = (digest: string): string => digest.slice(0, 12)

const WEEK = 7 * 24 * 3600_000

/** `4 min ago`; after a week the date itself. Both in milliseconds since the epoch. */
export function ago(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000))
  if (now - at > WEEK) return new Date(at).toISOString().slice(0, 10)
  if (seconds < 60) return 'just now'
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return noun(Math.floor(seconds / 86_400), 'day', 'days').concat(' ago')
}

/** `2026-11-23 21:40:12 UTC`. */
export const absolute = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`

/**
 * What a program wrote, safe to stand beside our own words: colours of a terminal are left out, controls that could move, hide
 * or turn text around become visible escapes.
 */
export const visible = (text: string): string =>
  text.replace(COLOURS, '').replace(CONTROLS, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what it is about (ECMA-48, SGR)
const COLOURS = /\u001b\[[0-9;:]*m/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: C0 without tab and line feed, C1, and Unicode's bidi controls
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
