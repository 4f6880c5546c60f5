/**
 * Letter keys: `g l` and the like go to a page, `/` to the first filter, `j` `k` walk the rows of a list, `[` `]` the pages that a
 * list led to. Buttons and links name a letter of their own by `aria-keyshortcuts`. They can be off.
 */
import { useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { Dialog } from '../components/dialog.tsx'
import styles from './keys.module.css'
import { neighbourOf, noteList } from './opened-list.ts'

const GO = { l: '/', b: '/builds', g: '/gaps', s: '/surfaces', c: '/compare', w: '/workers', n: '/start' } as const

const STEPS: Readonly<Record<string, 1 | -1>> = { '[': -1, ']': 1 }

const HELP: readonly [keys: string, does: string][] = [
  ['g l', 'ladder'],
  ['g b', 'builds'],
  ['g g', 'gaps'],
  ['g s', 'surfaces'],
  ['g c', 'compare'],
  ['g w', 'workers'],
  ['g n', 'start a build'],
  ['t', 'start a build'],
  ['Ctrl K', 'go to a page, build, unit or gap, or do something'],
  ['/', 'filter or find'],
  ['j k', 'next and previous row'],
  ['Enter', 'open the row'],
  ['[ ]', 'previous and next of the list that led here'],
  ['x', 'mark the row for comparison; of a unit, why it ran'],
  ['u', 'units of the build'],
  ['r', 'retry what failed in the build'],
  ['c', 'copy the command of this page'],
  ['?', 'this list'],
  ['Escape', 'close'],
]

const OFF = 'letter-keys-off'
const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName))

export function Keys() {
  const navigate = useNavigate()
  const { history } = useRouter()
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
      const step = STEPS[event.key]
      const neighbour = step && neighbourOf(location.pathname, step)
      if (event.key === 'g') going = true
      else if (neighbour) history.push(neighbour + location.search)
      else if (act(event.key)) event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    document.addEventListener('click', noteList)
    return () => {
      document.removeEventListener('keydown', onKey)
      document.removeEventListener('click', noteList)
    }
  }, [navigate, history, off])

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
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')]
  const at = rows.findIndex((row) => row.contains(document.activeElement))
  switch (key) {
    case '/':
      return focus(document.querySelector<HTMLElement>('main input[type="search"]'))
    case 'c':
      return click(document.querySelector<HTMLElement>('[data-copy-command] button'))
    case 'j':
    case 'k': {
      const next = rows[Math.max(0, Math.min(rows.length - 1, at + (key === 'j' ? 1 : -1)))]
      return focus(next?.querySelector<HTMLElement>('a') ?? null)
    }
  }
  const mark = key === 'x' ? rows[at]?.querySelector<HTMLElement>('input[type="checkbox"]') : undefined
  return click(mark ?? document.querySelector<HTMLElement>(`[aria-keyshortcuts="${CSS.escape(key)}"]`))
}

function click(element: HTMLElement | null): boolean {
  element?.click()
  return element !== null
}

function focus(element: HTMLElement | null): boolean {
  element?.focus()
  return element !== null
}
