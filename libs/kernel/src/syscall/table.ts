import rows from '../../data/redox-syscalls.json' with { type: 'json' }

/** Dates between which the numbers changed. 2026-02 is before the *_INTO forms, 2026-08 after. */
export type Era = '2019-11' | '2022-03' | '2026-02' | '2026-08'

/** The calls of 2019, of which 2022 still was; what changed in between has other numbers. */
export const isEarly = (era: Era): boolean => era < '2026'

export interface SyscallRow {
  readonly number: number
  readonly name: string
  readonly args: readonly string[]
}

/** Calls that 2026-02 still had although the rows of 2026-08 lack them (removed 2026-07). */
const UNTIL_JULY_2026 = new Set(['DUP', 'FCHMOD', 'FSTATVFS', 'FTRUNCATE', 'FUTIMENS'])

/** In 2022 fmap and funmap had got their present numbers and arguments, and the old ones were still served (redox_syscall 0.2.13 src/number.rs). */
const MAPPING = ['FMAP', 'FUNMAP']

/** Rows of an era by number. */
export function syscallTable(era: Era): ReadonlyMap<number, SyscallRow> {
  if (era === '2022-03') {
    const rows = [...syscallTable('2019-11').values()].map((row) =>
      MAPPING.includes(row.name) ? { ...row, name: `${row.name}_OLD` } : row,
    )
    const later = [...syscallTable('2026-08').values()].filter(({ name }) => MAPPING.includes(name))
    return new Map([...rows, ...later].map((row) => [row.number, row]))
  }
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
