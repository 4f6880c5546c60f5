/** What did a change do: two builds, or the two linkages of one, unit by unit. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ArrowLeftRight } from 'lucide-react'
import type { Schema } from '../../api/client.ts'
import { buildsQuery, compareQuery } from '../../api/queries.ts'
import { buildName } from '../../build-words.ts'
import { Empty } from '../../components/empty.tsx'
import { Loading } from '../../components/loading.tsx'
import { Pick } from '../../components/pick.tsx'
import { Problem } from '../../components/problem.tsx'
import { count } from '../../format.ts'
import { useTitle } from '../../shell/title.ts'
import { CLASSES } from './classes.ts'
import styles from './compare-page.module.css'
import { ComparedCost } from './compared-cost.tsx'
import { ComparedUnits } from './compared-units.tsx'

const route = getRouteApi('/compare')

export function ComparePage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { a = '', b = '' } = search
  const linkages = search.linkages === 'static-dynamic' ? 'static-dynamic' : undefined
  const shown = CLASSES.find(({ id }) => id === search.class)?.id
  const builds = useInfiniteQuery(buildsQuery({ limit: 100 }))
  const compared = useQuery(compareQuery(a, b, { ...(linkages && { linkages }) }))
  const list = builds.data?.pages.flatMap(({ items }) => items) ?? []
  // A build that the list does not reach can still be compared by its URL.
  const options = [
    ...list.map((build) => ({ value: build.id, word: label(build) })),
    ...[...new Set([a, b])]
      .filter((id) => id !== '' && list.every((build) => build.id !== id))
      .map((id) => ({ value: id, word: buildName(id) })),
  ]
  const pick = (key: 'a' | 'b' | 'linkages') => (value: string) =>
    void navigate({ search: (before) => ({ ...before, [key]: value, class: '' }), replace: true })
  useTitle('Compare')
  return (
    <div className="stack">
      <h1>{compared.data ? summary(compared.data) : 'Compare two builds'}</h1>
      <div className="row">
        <Pick label="A" value={a} any="choose" options={options} onChange={pick('a')} />
        <button
          type="button"
          aria-label="Swap A and B"
          onClick={() => void navigate({ search: (before) => ({ ...before, a: b, b: a }), replace: true })}
        >
          <ArrowLeftRight size={14} aria-hidden="true" />
        </button>
        <Pick label="B" value={b} any="choose" options={options} onChange={pick('b')} />
        <Pick
          label="Units match"
          value={linkages ?? ''}
          any="by linkage"
          options={[{ value: 'static-dynamic', word: 'static of A with dynamic of B' }]}
          onChange={pick('linkages')}
        />
      </div>
      {(a === '' || b === '') && (
        <Empty why="Choose two builds; or the same build twice, to compare its static with its dynamic compiler.">
          {list[0] && (
            <p>
              <Link to="/compare" search={{ a: list[0].id, b: list[0].id, linkages: 'static-dynamic' }}>
                Static against dynamic of {buildName(list[0].id)}
              </Link>
            </p>
          )}
        </Empty>
      )}
      {compared.error && <Problem error={compared.error} retry={() => void compared.refetch()} />}
      {compared.isLoading && <Loading what="the comparison" />}
      {compared.data && <Compared comparison={compared.data} shown={shown} />}
    </div>
  )
}

const label = ({ id, request, createdAt }: Schema['Build']): string =>
  `${id.slice(0, 8)}  ${request.stage}  ${request.surface}  ${createdAt.slice(0, 16).replace('T', ' ')}`

function summary({ counts }: Schema['Comparison']): string {
  const [worse, better] = [counts['newly-failing'], counts['newly-passing']]
  if (worse === 0 && better === 0) return 'Nothing passes or fails that did not before'
  return [better > 0 && `${count(better)} newly passing`, worse > 0 && `${count(worse)} newly failing`].filter(Boolean).join(', ')
}

function Compared({ comparison, shown }: { comparison: Schema['Comparison']; shown: Schema['ComparedUnit']['class'] | undefined }) {
  const { a, b, differ, counts, units } = comparison
  const rows = shown === undefined ? units.filter((unit) => unit.class !== 'still-passing') : units.filter((unit) => unit.class === shown)
  const sum = CLASSES.reduce((total, { id }) => total + counts[id], 0)
  return (
    <>
      <section aria-labelledby="differ">
        <h2 id="differ">They differ in</h2>
        {differ.length === 0 ? (
          <p>nothing: the same choices, the same node image</p>
        ) : (
          <div className="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">Choice</th>
                  <th scope="col">
                    <Link to="/builds/$build" params={{ build: a.id }}>
                      A {buildName(a.id)}
                    </Link>
                  </th>
                  <th scope="col">
                    <Link to="/builds/$build" params={{ build: b.id }}>
                      B {buildName(b.id)}
                    </Link>
                  </th>
                </tr>
              </thead>
              <tbody>
                {differ.map(({ name, a: before, b: after }) => (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    <td>
                      <code>{before}</code>
                    </td>
                    <td>
                      <code>{after}</code>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
      <ComparedCost comparison={comparison} />
      <p className={styles.equation} data-equation>
        <b data-total={counts.total}>{count(counts.total)}</b> units
        {CLASSES.map(({ id, word }, index) => (
          <span key={id}>
            {' '}
            {index === 0 ? '=' : '+'}{' '}
            <Link
              to="/compare"
              search={(before) => ({ ...before, class: id })}
              resetScroll={false}
              data-n={counts[id]}
              data-shown={shown === id}
            >
              <b>{count(counts[id])}</b> {word}
            </Link>
          </span>
        ))}
        {sum !== counts.total && <strong role="alert"> these counts do not add up</strong>}
      </p>
      {rows.length === 0 ? (
        <Empty why={shown === undefined ? 'Everything passes in both.' : `No unit is ${CLASSES.find(({ id }) => id === shown)!.word}.`} />
      ) : (
        <ComparedUnits a={a.id} b={b.id} units={rows} />
      )}
      {shown === undefined && counts['still-passing'] > 0 && (
        <p className="muted">
          Not listed:{' '}
          <Link to="/compare" search={(before) => ({ ...before, class: 'still-passing' })} resetScroll={false}>
            {count(counts['still-passing'])} still passing
          </Link>
          .
        </p>
      )}
    </>
  )
}
