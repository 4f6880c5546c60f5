/** Where bootgraph keeps its data on this host: BOOTGRAPH_DATA, else what the platform's convention says. */
import { homedir } from 'node:os'
import { join, posix, resolve, win32 } from 'node:path'

export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly home: string
}

export function dataFolder(host: Host = { env: process.env, platform: process.platform, home: homedir() }): string {
  const { env, platform, home } = host
  if (env.BOOTGRAPH_DATA) return resolve(env.BOOTGRAPH_DATA)
  if (platform === 'win32') return win32.join(env.LOCALAPPDATA || win32.join(home, 'AppData', 'Local'), 'bootgraph')
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'bootgraph')
  // The XDG specification: a relative XDG_DATA_HOME is invalid and ignored.
  const xdg = env.XDG_DATA_HOME
  return posix.join(xdg && posix.isAbsolute(xdg) ? xdg : posix.join(home, '.local', 'share'), 'bootgraph')
}

/** The local content-addressed store below the data folder. */
export const storeFolder = (): string => join(dataFolder(), 'store')
