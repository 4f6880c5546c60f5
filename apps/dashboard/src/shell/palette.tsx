/** Go anywhere by typing: pages, builds, gaps, and the units of the build that is open. And do what can be done to it. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { type LinkProps, useNavigate, useParams } from '@tanstack/react-router'
import { useDeferredValue, useId, useState } from 'react'
import { buildQuery, buildsQuery, gapsQuery, unitsQuery } from '../api/queries.ts'
import { useBuildActions } from '../api/use-build-actions.ts'
import { againWords, buildCommand, buildName, verdict } from '../build-words.ts'
import { Dialog } from '../components/dialog.tsx'
import { visible } from '../format.ts'
import { gapWords } from '../gap-words.ts'
import styles from './palette.module.css'
import { nextTheme, setTheme, useTheme } from './theme.ts'

interface Place {
  readonly id: string
  readonly kind: string
  readonly word: string
  /** Where it is, or what is done there. */
  readonly to: LinkProps | (() => Promise<unknown>)
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
  const [refusal, setRefusal] = useState('')
  const places = usePlaces(useDeferredValue(text.trim()))
  const navigate = useNavigate()
  const list = useId()
  const active = Math.min(at, places.length - 1)
  const go = async (place: Place | undefined) => {
    if (place === undefined) return
    if (typeof place.to !== 'function') {
      onClose()
      return navigate(place.to)
    }
    try {
      await place.to()
      onClose()
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error))
    }
  }
  return (
    <Dialog title="Go to" onClose={onClose}>
      <input
        type="search"
        role="combobox"
        className={styles.field}
        aria-label="Page, build, unit, gap or deed"
        placeholder="Page, build, unit, gap or deed"
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
          else if (event.key === 'Enter') void go(places[active])
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
            onClick={() => void go(place)}
          >
            <span>{visible(place.word)}</span>
            <span className="muted">{place.kind}</span>
          </div>
        ))}
      </div>
      {refusal && <p role="alert">{refusal}</p>}
      {places.length === 0 && <p role="status">Nothing is called “{text}”.</p>}
    </Dialog>
  )
}

function usePlaces(text: string): readonly Place[] {
  const { build: open } = useParams({ strict: false })
  const builds = useInfiniteQuery(buildsQuery({ limit: 50 }))
  const gaps = useInfiniteQuery({ ...gapsQuery({ q: text, limit: SHOWN }), enabled: text !== '' })
  const units = useInfiniteQuery({ ...unitsQuery(open ?? '', { q: text, limit: SHOWN }), enabled: text !== '' && open !== undefined })
  const deeds = useDeeds(open)
  const words = text.toLowerCase()
  const has = (...texts: string[]) => texts.some((one) => one.toLowerCase().includes(words))
  const first = <T,>(pages: readonly { items: readonly T[] }[] | undefined): readonly T[] => (text === '' ? [] : (pages?.[0]?.items ?? []))
  return [
    ...[...PAGES, ...deeds].filter(({ word }) => has(word)),
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

/** What can be done from anywhere, and to the build that is open. */
function useDeeds(open: string | undefined): readonly Place[] {
  const { data: build } = useQuery({ ...buildQuery(open ?? ''), enabled: open !== undefined })
  const { cancel, retry } = useBuildActions(open ?? '')
  const next = nextTheme(useTheme())
  const deed = (id: string, word: string, to: Place['to']): Place => ({ id, kind: 'do', word, to })
  const again = build && againWords(build.counts)
  return [
    ...(build?.state === 'running' ? [deed('cancel', `Cancel ${buildName(build.id)}`, () => cancel.mutateAsync())] : []),
    ...(again ? [deed('retry', again, () => retry.mutateAsync())] : []),
    ...(build
      ? [
          deed('compare', `Compare ${buildName(build.id)} with …`, { to: '/compare', search: { a: build.id } }),
          deed('copy', `Copy the command of ${buildName(build.id)}`, () => navigator.clipboard.writeText(buildCommand(build.request))),
        ]
      : []),
    deed('theme', `Theme: change to ${next}`, async () => setTheme(next)),
  ]
}
