import rows from '../../data/redox-syscalls.json' with { type: 'json' }

/** Dates between which the numbers changed. 2026-02 is before the *_INTO forms, 2026-08 after. */
export type Era = '2019-11' | '2026-02' | '2026-08'

export interface SyscallRow {
  readonly number: number
  readonly name: string
  readonly args: readonly string[]
}

/** Calls that 2026-02 still had although the rows of 2026-08 lack them (removed 2026-07). */
const UNTIL_JULY_2026 = new Set(['DUP', 'FCHMOD', 'FSTATVFS', 'FTRUNCATE', 'FUTIMENS'])

/** Rows of an era by number. */
export function syscallTable(era: Era): ReadonlyMap<number, SyscallRow> {
  const year = era.slice(0, 4)
  const table = new Map<number, SyscallRow>()
  for (const row of rows) {
    const own = row.era === 'both' || row.era === year
    if (own ? era !== '2026-02' || !row.name.endsWith('_INTO') : era === '2026-02' && UNTIL_JULY_2026.has(row.name)) {
      table.set(row.number, row)
    }
  }
  return table
}

/** Every known name, for coverage reports. */
export const SYSCALL: readonly (SyscallRow & { readonly era: string })[] = rows
