/** Go anywhere by typing: pages, builds, gaps, and the units of the build that is open. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { type LinkProps, useNavigate, useParams } from '@tanstack/react-router'
import { useDeferredValue, useId, useState } from 'react'
import { buildsQuery, gapsQuery, unitsQuery } from '../api/queries.ts'
import { buildName, verdict } from '../build-words.ts'
import { Dialog } from '../components/dialog.tsx'
import { visible } from '../format.ts'
import { gapWords } from '../gap-words.ts'
import styles from './palette.module.css'

interface Place {
  readonly id: string
  readonly kind: string
  readonly word: string
  readonly to: LinkProps
}

const PAGES: readonly Place[] = [
  { id: 'ladder', kind: 'page', word: 'Ladder', to: { to: '/' } },
  { id: 'builds', kind: 'page', word: 'Builds', to: { to: '/builds' } },
  { id: 'gaps', kind: 'page', word: 'Gaps', to: { to: '/gaps' } },
  { id: 'surfaces', kind: 'page', word: 'Surfaces', to: { to: '/surfaces' } },
  { id: 'compare', kind: 'page', word: 'Compare', to: { to: '/compare' } },
  { id: 'workers', kind: 'page', word: 'Workers', to: { to: '/workers' } },
  { id: 'start', kind: 'do', word: 'Start a build', to: { to: '/start' } },
]
const SHOWN = 8

export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const places = usePlaces(useDeferredValue(text.trim()))
  const navigate = useNavigate()
  const list = useId()
  const active = Math.min(at, places.length - 1)
  const go = (place: Place | undefined) => {
    if (place === undefined) return
    onClose()
    void navigate(place.to)
  }
  return (
    <Dialog title="Go to" onClose={onClose}>
      <input
        type="search"
        role="combobox"
        className={styles.field}
        aria-label="Page, build, unit or gap"
        placeholder="Page, build, unit or gap"
        aria-expanded={places.length > 0}
        aria-controls={list}
        aria-activedescendant={active >= 0 ? `${list}-${active}` : undefined}
        value={text}
        onChange={({ target }) => {
          setText(target.value)
          setAt(0)
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setAt(Math.min(active + 1, places.length - 1))
          else if (event.key === 'ArrowUp') setAt(Math.max(active - 1, 0))
          else if (event.key === 'Enter') go(places[active])
          else return
          event.preventDefault()
        }}
      />
      <div role="listbox" id={list} aria-label="Places" className={styles.places}>
        {places.map((place, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field hears the keys of its list
          <div
            key={`${place.kind} ${place.id}`}
            id={`${list}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            onClick={() => go(place)}
          >
            <span>{visible(place.word)}</span>
            <span className="muted">{place.kind}</span>
          </div>
        ))}
      </div>
      {places.length === 0 && <p role="status">Nothing is called “{text}”.</p>}
    </Dialog>
  )
}

function usePlaces(text: string): readonly Place[] {
  const { build: open } = useParams({ strict: false })
  const builds = useInfiniteQuery(buildsQuery({ limit: 50 }))
  const gaps = useInfiniteQuery({ ...gapsQuery({ q: text, limit: SHOWN }), enabled: text !== '' })
  const units = useInfiniteQuery({ ...unitsQuery(open ?? '', { q: text, limit: SHOWN }), enabled: text !== '' && open !== undefined })
  const words = text.toLowerCase()
  const has = (...texts: string[]) => texts.some((one) => one.toLowerCase().includes(words))
  const first = <T,>(pages: readonly { items: readonly T[] }[] | undefined): readonly T[] => (text === '' ? [] : (pages?.[0]?.items ?? []))
  return [
    ...PAGES.filter(({ word }) => has(word)),
    ...first(units.data?.pages).map(({ build, id, name }) => ({
      id,
      kind: 'unit',
      word: name,
      to: { to: '/builds/$build/units/$unit', params: { build, unit: id } } as LinkProps,
    })),
    ...(builds.data?.pages[0]?.items ?? [])
      .filter(({ id, request }) => has(id, request.stage, request.surface))
      .slice(0, SHOWN)
      .map((build) => ({
        id: build.id,
        kind: 'build',
        word: `${buildName(build.id)}  ${build.request.stage}  ${verdict(build)}`,
        to: { to: '/builds/$build', params: { build: build.id } } as LinkProps,
      })),
    ...first(gaps.data?.pages).map((gap) => ({
      id: gap.key,
      kind: 'gap',
      word: gapWords(gap),
      to: {
        to: '/gaps/$truth/$component/$kind/$name',
        params: { truth: gap.truth, component: gap.component, kind: gap.kind, name: gap.name },
      } as LinkProps,
    })),
  ]
}
