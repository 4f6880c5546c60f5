import { E } from '../abi/error.ts'
import type { FileAttributes } from '../calls.ts'

const VALUE_MAX = 65_536
/** Bytes of all names and values of a file, as little more than fits beside an inode of ext4 and into its one block. */
const ALL_MAX = 4096
const How = { create: 1, replace: 2 } as const

/**
 * Extended attributes of a file by name (xattr(7)). Those of `user.` are for files and folders, `trusted.` and `security.` for all;
 * what else a file system may know of, this one does not. They stay in memory, also of files that lie in a layer.
 */
export class Attributes implements FileAttributes {
  private readonly values = new Map<string, Uint8Array>()
  private readonly mayHave: boolean
  private readonly afford: (some: boolean) => boolean

  /** `mayHave`: it is a file or a folder. `afford` takes room for some attributes, or gives it back. */
  constructor(mayHave: boolean, afford: (some: boolean) => boolean) {
    this.mayHave = mayHave
    this.afford = afford
  }

  get(name: string): Uint8Array | number {
    const wrong = this.wrong(name, E.NODATA)
    return wrong < 0 ? wrong : (this.values.get(name) ?? -E.NODATA)
  }

  set(name: string, value: Uint8Array, flags: number): number {
    if (flags & ~(How.create | How.replace)) return -E.INVAL
    if (value.length > VALUE_MAX) return -E.BIG
    const wrong = this.wrong(name, E.PERM)
    if (wrong < 0) return wrong
    const old = this.values.get(name)
    if (flags & How.replace && old === undefined) return -E.NODATA
    if (flags & How.create && old !== undefined) return -E.EXIST
    let size = name.length + value.length
    for (const [other, { length }] of this.values) if (other !== name) size += other.length + length
    if (size > ALL_MAX || !this.afford(true)) return -E.NOSPC
    this.values.set(name, value)
    return 0
  }

  list(): readonly string[] {
    return [...this.values.keys()]
  }

  remove(name: string): number {
    const wrong = this.wrong(name, E.PERM)
    if (wrong < 0) return wrong
    if (!this.values.delete(name)) return -E.NODATA
    this.afford(this.values.size > 0)
    return 0
  }

  /** What is wrong with a name; `refused` where a thing of this kind has no attributes of users. */
  private wrong(name: string, refused: number): number {
    if (name.length === 0 || name.length > 255) return -E.RANGE
    const [, space, rest] = /^(user|trusted|security)\.(.*)$/s.exec(name) ?? []
    if (space === undefined) return -E.OPNOTSUPP
    if (space === 'user' && !this.mayHave) return -refused
    return rest === '' ? -E.INVAL : 0
  }
}

/** Of what is no thing of the file system. */
export const noAttributes: FileAttributes = new Attributes(false, () => false)
