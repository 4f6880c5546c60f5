/** What `cargo metadata` (format version 1) says of packages and a unit graph does not: cargo tells it to every program of the package. */

export interface PackageFacts {
  readonly authors: readonly string[]
  readonly description: string | null
  readonly homepage: string | null
  readonly license: string | null
  readonly license_file: string | null
  readonly repository: string | null
  readonly rust_version: string | null
}

/** By name and version, as `packageKey` makes it. */
export type Packages = ReadonlyMap<string, PackageFacts>

export const packageKey = (of: { readonly name: string; readonly version: string }): string => `${of.name} ${of.version}`

export function readPackages(json: string): Packages {
  const { packages } = JSON.parse(json) as { packages: readonly (PackageFacts & { readonly name: string; readonly version: string })[] }
  return new Map(packages.map((each) => [packageKey(each), each]))
}

/** The Cargo Book, "Environment variables Cargo sets for crates"; what a manifest leaves out is empty. */
export function manifestVariables(facts: PackageFacts | undefined): Record<string, string> {
  if (!facts) return {}
  return {
    CARGO_PKG_AUTHORS: facts.authors.join(':'),
    CARGO_PKG_DESCRIPTION: facts.description ?? '',
    CARGO_PKG_HOMEPAGE: facts.homepage ?? '',
    CARGO_PKG_LICENSE: facts.license ?? '',
    CARGO_PKG_LICENSE_FILE: facts.license_file ?? '',
    CARGO_PKG_REPOSITORY: facts.repository ?? '',
    CARGO_PKG_RUST_VERSION: facts.rust_version ?? '',
  }
}
