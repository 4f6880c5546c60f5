import { useEffect, useRef, useState } from 'react'

/** A filter by words; tells its value when typing pauses. */
export function SearchField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value)
  const told = useRef(value)
  useEffect(() => {
    // Changed from outside (Back, a cleared filter), not by typing here.
    if (value !== told.current) setText(value)
    told.current = value
  }, [value])
  useEffect(() => {
    if (text === told.current) return
    const timer = setTimeout(() => {
      told.current = text
      onChange(text)
    }, 250)
    return () => clearTimeout(timer)
  }, [text, onChange])
  return <input type="search" aria-label={label} placeholder={label} value={text} onChange={({ target }) => setText(target.value)} />
}
