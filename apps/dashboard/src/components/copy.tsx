import { Check, Copy as CopyIcon } from 'lucide-react'
import { useEffect, useState } from 'react'

/** Copies a text; says so for two seconds. */
export function Copy({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <button type="button" onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}>
      {copied ? <Check size={14} aria-hidden="true" /> : <CopyIcon size={14} aria-hidden="true" />}
      <span aria-live="polite">{copied ? 'copied' : label}</span>
    </button>
  )
}
