/** A word as a POSIX shell reads it back (POSIX, Shell Command Language, 2.2 Quoting). */
export const quote = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

/** A command with its environment, as it would be typed. */
export function commandLine(command: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  return [...Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`), ...command.map(quote)].join(' ')
}
