/** A filter by one of a few values; the first choice is none. */
export function Pick({
  label,
  value,
  options,
  any = 'all',
  onChange,
}: {
  label: string
  value: string
  options: readonly (string | { value: string; word: string })[]
  any?: string | undefined
  onChange: (value: string) => void
}) {
  return (
    <label className="row">
      <span className="muted">{label}</span>
      <select value={value} onChange={({ target }) => onChange(target.value)}>
        <option value="">{any}</option>
        {options.map((option) => {
          const { value, word } = typeof option === 'string' ? { value: option, word: option } : option
          return (
            <option key={value} value={value}>
              {word}
            </option>
          )
        })}
      </select>
    </label>
  )
}
