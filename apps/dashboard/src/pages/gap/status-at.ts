/** The status that holds at a date: that of the last change up to it; before the first change the name was absent. ISO dates sort as text. */
export function statusAt(history: readonly { readonly date: string; readonly status: string }[], date: string): string {
  let status = 'absent'
  for (const change of [...history].sort((a, b) => (a.date < b.date ? -1 : 1))) if (change.date <= date) status = change.status
  return status
}
