/** What a build script tells cargo on its standard output (The Cargo Book, "Build Scripts"). */

export interface BuildScriptOutput {
  /** `rustc-cfg`. */
  readonly cfgs: readonly string[]
  /** `rustc-link-lib`. */
  readonly libraries: readonly string[]
  /** `rustc-link-search`. */
  readonly searchPaths: readonly string[]
  /** `rustc-link-arg` and `rustc-cdylib-link-arg` carry arguments for the linker; only the first is kept. */
  readonly linkArgs: readonly string[]
  /** `rustc-env`. */
  readonly env: Readonly<Record<string, string>>
  /** Any other `cargo:KEY=VALUE`: what packages that need this one by `links` see as DEP_<LINKS>_<KEY>. */
  readonly metadata: Readonly<Record<string, string>>
}

export const NO_OUTPUT: BuildScriptOutput = { cfgs: [], libraries: [], searchPaths: [], linkArgs: [], env: {}, metadata: {} }

const NOT_FOR_RUSTC = ['rerun-if-changed', 'rerun-if-env-changed', 'warning', 'rustc-cdylib-link-arg']

/** Lines that do not begin with `cargo:` are the script's own talk and mean nothing. */
export function readBuildScriptOutput(stdout: string): BuildScriptOutput {
  const lists = { cfgs: [] as string[], libraries: [] as string[], searchPaths: [] as string[], linkArgs: [] as string[] }
  const env: Record<string, string> = {}
  const metadata: Record<string, string> = {}
  for (const line of stdout.split(/\r?\n/)) {
    const [, key, value] = /^cargo:([^=]+)=(.*)$/.exec(line) ?? []
    if (key === undefined || value === undefined || NOT_FOR_RUSTC.includes(key)) continue
    if (key === 'rustc-cfg') lists.cfgs.push(value)
    else if (key === 'rustc-link-lib') lists.libraries.push(value)
    else if (key === 'rustc-link-search') lists.searchPaths.push(value)
    else if (key === 'rustc-link-arg') lists.linkArgs.push(value)
    else if (key === 'rustc-flags') readFlags(value, lists.libraries, lists.searchPaths)
    else if (key === 'rustc-env') {
      const at = value.indexOf('=')
      if (at > 0) env[value.slice(0, at)] = value.slice(at + 1)
    } else metadata[key] = value
  }
  return { ...lists, env, metadata }
}

/** `rustc-flags` may hold -l and -L, with or without a space behind. */
function readFlags(value: string, libraries: string[], searchPaths: string[]): void {
  for (const [, flag, name] of value.matchAll(/-([lL])\s*(\S+)/g)) (flag === 'l' ? libraries : searchPaths).push(name)
}
