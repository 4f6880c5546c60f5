import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Schema } from '../../api/client.ts'
import { explainQuery } from '../../api/queries.ts'
import { buildName } from '../../build-words.ts'
import { Loading } from '../../components/loading.tsx'
import { Problem } from '../../components/problem.tsx'
import { noun, shortDigest, visible } from '../../format.ts'
import styles from './why.module.css'

/** Why this unit ran: its ingredients beside those of the time before, the changed ones first. */
export function Why({ build, unit }: { build: string; unit: string }) {
  const { data, error, isPending, refetch } = useQuery(explainQuery(build, unit))
  if (error) return <Problem error={error} retry={() => void refetch()} />
  if (isPending) return <Loading what="the reasons" />
  return (
    <div className="stack">
      <h2>{sentence(data)}</h2>
      {data.against && (
        <p className="muted">
          Compared with{' '}
          <Link to="/builds/$build/units/$unit" params={{ build: data.against.build, unit }}>
            {buildName(data.against.build)}
          </Link>
          .
        </p>
      )}
      {data.ingredients.length > 0 && (
        <table className={styles.why}>
          <thead>
            <tr>
              <th scope="col">Ingredient</th>
              <th scope="col">Now</th>
              <th scope="col">Before</th>
            </tr>
          </thead>
          <tbody>
            {data.ingredients.map(({ name, changed, now, before, from, bundles }) => (
              <tr key={name} data-changed={changed}>
                <th scope="row">
                  {name}
                  {changed && <b> changed</b>}
                  {from?.map((id) => (
                    <div key={id}>
                      <Link to="/builds/$build/units/$unit" params={{ build, unit: id }} search={{ view: 'why' }}>
                        {id}
                      </Link>
                    </div>
                  ))}
                  {bundles && <div>{bundles.join(', ')}</div>}
                </th>
                <td>
                  <code title={now}>{value(now)}</code>
                </td>
                <td>
                  <code title={before}>{changed || before === undefined ? value(before ?? '') : 'the same'}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}

const value = (text: string): string => (/^[0-9a-f]{64}$/.test(text) ? shortDigest(text) : visible(text))

/** Of what is there before a build is planned. */
const MADE = {
  first: 'It was made before the build was planned, and no build before it had one.',
  same: 'It was made before the build was planned, and nothing of it changed.',
  changed: 'It was made before the build was planned, and its content changed.',
} as const

function sentence({ action, verdict, ran, ingredients }: Schema['Explanation']): string {
  if (action === undefined && verdict !== 'not-ready') return MADE[verdict]
  const changed = ingredients.filter((ingredient) => ingredient.changed).map(({ name }) => name)
  switch (verdict) {
    case 'first':
      return ran ? 'It ran because nothing like it had run before.' : 'Its result was there already, from an equal action of another build.'
    case 'same':
      return ran ? 'Nothing changed; it was asked to run again.' : 'Nothing changed, so its result came from the cache.'
    case 'changed':
      return `${ran ? 'It ran because' : 'It was not in the build before in this form:'} ${noun(changed.length, 'ingredient')} changed: ${changed.join(', ')}.`
    case 'not-ready':
      return 'What it needs has not ended, so its ingredients are not known yet.'
  }
}
