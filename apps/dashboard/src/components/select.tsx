export interface Option {
  readonly value: string
  readonly word: string
}

export interface SelectProps {
  readonly label: string
  /** Of several at once, as a link may name them: joined by commas. */
  readonly value: string
  readonly options: readonly Option[]
  readonly onChange: (value: string) => void
  readonly className?: string | undefined
}

/** One of a few values. What is none of them is shown all the same: one value as it is spelled, several by their number. */
export function Select({ label, value, options, onChange, className }: SelectProps) {
  const chosen = value.split(',')
  const known = options.some((option) => option.value === value)
  return (
    <label className={className}>
      <span className="muted">{label}</span>
      <select value={value} onChange={({ target }) => onChange(target.value)} title={known ? undefined : chosen.join(', ')}>
        {!known && <option value={value}>{chosen.length > 1 ? `${chosen.length} chosen` : value}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.word}
          </option>
        ))}
      </select>
    </label>
  )
}
