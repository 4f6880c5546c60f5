/** rustc's diagnostics out of a log: with --error-format=json each is one line. Source: rustc book, JSON Output. Pure. */

export interface Diagnostic {
  readonly level: string
  /** As a terminal shows it, with colours. */
  readonly rendered: string
}

/** Lines that are no diagnostic are left out; so are those that rustc does not render. */
export function diagnostics(lines: readonly string[]): Diagnostic[] {
  return lines.flatMap((line) => {
    if (!line.startsWith('{')) return []
    try {
      const { level, rendered, message } = JSON.parse(line) as {
        level?: unknown
        rendered?: unknown
        message?: { level?: unknown; rendered?: unknown }
      }
      // cargo wraps rustc's own message.
      const found = typeof rendered === 'string' ? { level, rendered } : message
      return typeof found?.rendered === 'string' ? [{ level: String(found.level), rendered: found.rendered }] : []
    } catch {
      // A program may print what only looks like JSON.
      return []
    }
  })
}
