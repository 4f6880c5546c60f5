import { useEffect, useRef, useState } from 'react'

const EVERY = 10_000

/** A live page said aloud: at most one sentence in ten seconds, and only the newest. */
export function Spoken({ text }: { text: string }) {
  const [said, setSaid] = useState('')
  const next = useRef(0)
  const first = useRef(text)
  useEffect(() => {
    // What stands on the page at its start is read with the page.
    if (text === first.current) return
    first.current = ''
    const wait = Math.max(0, next.current - Date.now())
    const timer = setTimeout(() => {
      next.current = Date.now() + EVERY
      setSaid(text)
    }, wait)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <p className="hidden" aria-live="polite" data-spoken>
      {said}
    </p>
  )
}
