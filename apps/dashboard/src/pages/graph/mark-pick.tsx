/** What is marked in the graph: nothing, the critical path, or all that stands behind the selected unit. */
export function MarkPick({
  value,
  selected,
  critical,
  onChange,
}: {
  value: string
  selected: string | undefined
  critical: boolean
  onChange: (mark: string) => void
}) {
  const behind = selected === undefined ? undefined : `blocked-by:${selected}`
  const known = value === '' || value === 'critical' || value === behind
  return (
    <label className="row">
      <span className="muted">Mark</span>
      <select value={value === 'critical' && !critical ? '' : value} onChange={({ target }) => onChange(target.value)}>
        <option value="">nothing</option>
        {critical && <option value="critical">the critical path</option>}
        {behind !== undefined && <option value={behind}>all behind the selected unit</option>}
        {!known && <option value={value}>all behind {value.slice('blocked-by:'.length)}</option>}
      </select>
    </label>
  )
}
