import { useQuery } from '@tanstack/react-query'
import type { Schema } from '../../api/client.ts'
import { filesQuery } from '../../api/queries.ts'
import { Digest } from '../../components/digest.tsx'
import { Empty } from '../../components/empty.tsx'
import { Facts } from '../../components/facts.tsx'
import { Loading } from '../../components/loading.tsx'
import { Problem } from '../../components/problem.tsx'
import { bytes, visible } from '../../format.ts'

/** What went in by digest, and what came out file by file. */
export function Files({ unit }: { unit: Schema['UnitDetail'] }) {
  const good = unit.state === 'built' || unit.state === 'cached'
  return (
    <div className="stack">
      <section aria-labelledby="inputs">
        <h2 id="inputs">Inputs</h2>
        <Inputs content={unit.content} />
      </section>
      <section aria-labelledby="outputs">
        <h2 id="outputs">Outputs</h2>
        {good ? <Outputs unit={unit} /> : <Empty why="It made nothing that is kept: only a good unit's outputs are." />}
      </section>
    </div>
  )
}

const digests = (list: unknown): string[] => (Array.isArray(list) ? list.map(String) : [])

function Inputs({ content }: { content: Schema['UnitDetail']['content'] }) {
  if (content === undefined) return <Empty why="Its action is not known before what it needs has ended." />
  const roots = digests(content.roots)
  return (
    <Facts
      rows={[
        ['input tree', content.input !== undefined && <Digest value={String(content.input)} />],
        ['shown at', String(content.inputPath ?? '')],
        ['roots', roots.map((root) => <Digest key={root} value={root} />)],
        ['node image', content.image !== undefined && <Digest value={String(content.image)} />],
        ['surface', content.surface !== undefined && <Digest value={String(content.surface)} />],
        ['declared outputs', digests(content.outputs).join(', ')],
      ]}
    />
  )
}

function Outputs({ unit: { build, id } }: { unit: Schema['UnitDetail'] }) {
  const { data, error, isPending, refetch } = useQuery(filesQuery(build, id))
  if (error) return <Problem error={error} retry={() => void refetch()} />
  if (isPending) return <Loading what="the outputs" rows={4} />
  if (data.files.length === 0) return <Empty why="It declares no outputs." />
  return (
    <>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Path</th>
              <th scope="col" className="number">
                Size
              </th>
              <th scope="col">Digest</th>
            </tr>
          </thead>
          <tbody>
            {data.files.map(({ path, kind, size, digest, target }) => (
              <tr key={path}>
                <th scope="row">
                  {kind === 'file' ? (
                    <a href={`/api/v1/builds/${build}/artifacts/${id}/files/${path.split('/').map(encodeURIComponent).join('/')}`} download>
                      <code>{visible(path)}</code>
                    </a>
                  ) : (
                    <code>
                      {visible(path)} → {visible(target ?? '')}
                    </code>
                  )}
                </th>
                <td className="number">{size === undefined ? '' : bytes(size)}</td>
                <td>{digest && <Digest value={digest} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {data.truncated && <p className="muted">The list is cut; the tree has more.</p>}
    </>
  )
}
