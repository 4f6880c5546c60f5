/** A distribution's release as data: which packages make a toolchain. Another release is another file beside it. */
import debianBookworm from '../../data/toolchains/debian-bookworm.json' with { type: 'json' }
import debianPrograms from '../../data/toolchains/debian-bookworm-programs.json' with { type: 'json' }

export interface Release {
  readonly name: string
  readonly title: string
  readonly suite: string
  readonly component: string
  readonly architecture: string
  /** The archive's signing keys where the distribution's own keyring package puts them. */
  readonly keyring: string
  readonly provenance: string
  /** The compiler's source package, where the release has a compiler. */
  readonly source?: { readonly package: string; readonly version: string }
  /** Paths of the tree that no run needs. */
  readonly leftOut: readonly string[]
  /** Sonames that the hosted C library serves; no package of the release supplies them here. */
  readonly cLibrary: readonly string[]
  readonly path: readonly string[]
  readonly libraryPath: readonly string[]
  readonly packages: readonly PinnedPackage[]
}

export interface PinnedPackage {
  readonly name: string
  readonly version: string
  /** SHA-256 of the package file. */
  readonly sha256: string
  /** Bytes of the package file. */
  readonly size: number
  /** compiler: replaced by another toolchain's own. base: shared objects and programs that any toolchain stands on. */
  readonly role: string
}

/** The first is the one that toolchains are made of and added ones stand on; another may be a set of programs alone. */
export const RELEASES: readonly Release[] = [debianBookworm, debianPrograms]
