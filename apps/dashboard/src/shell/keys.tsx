/** Letter keys: `g l` and the like go to a page, `/` to the first filter, `j` `k` walk the rows of a list. They can be off. */
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { Dialog } from '../components/dialog.tsx'
import styles from './keys.module.css'

const GO = { l: '/', b: '/builds', g: '/gaps', s: '/surfaces', c: '/compare', w: '/workers', n: '/start' } as const

const HELP: readonly [keys: string, does: string][] = [
  ['g l', 'ladder'],
  ['g b', 'builds'],
  ['g g', 'gaps'],
  ['g s', 'surfaces'],
  ['g c', 'compare'],
  ['g w', 'workers'],
  ['g n', 'start a build'],
  ['Ctrl K', 'go to a page, build, unit or gap'],
  ['/', 'filter or find'],
  ['j k', 'next and previous row'],
  ['Enter', 'open the row'],
  ['c', 'copy the command of this page'],
  ['?', 'this list'],
  ['Escape', 'close'],
]

const OFF = 'letter-keys-off'
const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName))

export function Keys() {
  const navigate = useNavigate()
  const [help, setHelp] = useState(false)
  const [off, setOff] = useState(() => localStorage.getItem(OFF) === 'true')

  useEffect(() => {
    let going = false
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return
      if (event.key === '?') return setHelp(true)
      if (off || document.querySelector('dialog[open]')) return
      if (going) {
        going = false
        const to = GO[event.key as keyof typeof GO]
        if (to !== undefined) {
          event.preventDefault()
          void navigate({ to })
        }
        return
      }
      if (event.key === 'g') going = true
      else if (act(event.key)) event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [navigate, off])

  if (!help) return null
  return (
    <Dialog title="Keys" onClose={() => setHelp(false)}>
      <dl className={styles.keys}>
        {HELP.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label className="row">
        <input
          type="checkbox"
          checked={!off}
          onChange={({ target }) => {
            localStorage.setItem(OFF, String(!target.checked))
            setOff(!target.checked)
          }}
        />
        letter keys are on
      </label>
    </Dialog>
  )
}

/** True if the key had a meaning on this page. */
function act(key: string): boolean {
  if (key === '/') return focus(document.querySelector<HTMLElement>('main input[type="search"]'))
  if (key === 'c') {
    const copy = document.querySelector<HTMLElement>('[data-copy-command] button')
    copy?.click()
    return copy !== null
  }
  if (key !== 'j' && key !== 'k') return false
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')]
  const at = rows.findIndex((row) => row.contains(document.activeElement))
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + (key === 'j' ? 1 : -1)))]
  return focus(next?.querySelector<HTMLElement>('a') ?? null)
}

function focus(element: HTMLElement | null): boolean {
  element?.focus()
  return element !== null
}
