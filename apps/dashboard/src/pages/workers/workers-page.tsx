/** Who runs things, what waits and why, and which node images may run. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Schema } from '../../api/client.ts'
import { nodeImagesQuery, queueQuery, workersQuery } from '../../api/queries.ts'
import { useEveryPage } from '../../api/use-every-page.ts'
import { Ago } from '../../components/ago.tsx'
import { Digest } from '../../components/digest.tsx'
import { Empty } from '../../components/empty.tsx'
import { Facts } from '../../components/facts.tsx'
import { Glyph, type Look } from '../../components/glyph.tsx'
import { Loading } from '../../components/loading.tsx'
import { Problem } from '../../components/problem.tsx'
import { bytes, count, noun, took } from '../../format.ts'
import { useTitle } from '../../shell/title.ts'
import { Release } from './release.tsx'
import styles from './workers-page.module.css'

const LOOK: Record<Schema['Worker']['state'], Look> = { live: 'passed', draining: 'queued', gone: 'failed' }

export function WorkersPage() {
  const workers = useInfiniteQuery(workersQuery)
  useEveryPage(workers)
  const queue = useQuery(queueQuery)
  const images = useInfiniteQuery(nodeImagesQuery)
  const list = workers.data?.pages.flatMap(({ items }) => items) ?? []
  const live = list.filter(({ state }) => state === 'live')
  const busy = live.reduce((sum, { running }) => sum + running.length, 0)
  const slots = live.reduce((sum, { concurrency }) => sum + concurrency, 0)
  useTitle('Workers')
  const error = workers.error ?? queue.error ?? images.error
  return (
    <div className="stack">
      <h1>{workers.data ? `${noun(live.length, 'worker')} live, ${count(busy)} of ${noun(slots, 'slot')} busy` : 'Workers'}</h1>
      {error && <Problem error={error} retry={() => void Promise.all([workers.refetch(), queue.refetch(), images.refetch()])} />}
      {workers.isPending && <Loading what="workers" rows={3} />}
      {workers.data && list.length === 0 && (
        <Empty why="No worker was seen in the last day: nothing that is queued can run.">
          <p>
            <code>npm start</code> starts one beside the API; more of them join by the same Redis.
          </p>
        </Empty>
      )}
      {list.length > 0 && (
        <div className={styles.workers}>
          {list.map((worker) => (
            <WorkerCard key={worker.id} worker={worker} />
          ))}
        </div>
      )}
      {queue.data && <Queue queue={queue.data} />}
      {images.data && <Images images={images.data.pages.flatMap(({ items }) => items)} />}
      {images.hasNextPage && (
        <button type="button" onClick={() => void images.fetchNextPage()} disabled={images.isFetchingNextPage}>
          Older node images
        </button>
      )}
    </div>
  )
}

function WorkerCard({ worker }: { worker: Schema['Worker'] }) {
  return (
    <article className={styles.worker} aria-label={`Worker ${worker.id}`}>
      <h2>
        <Glyph look={LOOK[worker.state]} /> <span>{worker.id}</span> <span className="muted">{worker.state}</span>
      </h2>
      <Facts
        rows={[
          ['host', worker.host],
          ['slots', `${worker.running.length} of ${worker.concurrency} busy`],
          ['memory', `${bytes(worker.memoryUsed)} of ${bytes(worker.memory)}`],
          ['last hour', noun(worker.lastHour, 'attempt')],
          ['last seen', <Ago key="seen" at={worker.seenAt} />],
        ]}
      />
      <ul>
        {worker.running.map(({ build, unit, name, since }) => (
          <li key={`${build} ${unit}`} className="row">
            <Glyph look="running" />
            <Link to="/builds/$build/units/$unit" params={{ build, unit }}>
              {name}
            </Link>
            <span className="muted">
              since <Ago at={since} />
            </span>
          </li>
        ))}
      </ul>
    </article>
  )
}

function Queue({ queue }: { queue: Schema['QueueHealth'] }) {
  return (
    <section aria-labelledby="queue">
      <h2 id="queue">Queue</h2>
      <Facts
        rows={[
          ['backend', queue.reachable ? queue.backend : `${queue.backend}, not reachable`],
          ['units', `${count(queue.units.ready)} ready, ${count(queue.units.queued)} queued, ${count(queue.units.running)} running`],
          ['oldest wait', queue.oldestWait === undefined ? 'nothing waits' : took(queue.oldestWait)],
          ['why', why(queue)],
          ['quarantined', queue.quarantined.length === 0 ? 'nothing' : noun(queue.quarantined.length, 'action')],
        ]}
      />
      {queue.quarantined.length > 0 && (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Action</th>
                <th scope="col" className="number">
                  Nodes lost
                </th>
                <th scope="col">Last error</th>
                <th scope="col">Since</th>
                <th scope="col">Do</th>
              </tr>
            </thead>
            <tbody>
              {queue.quarantined.map(({ action, losses, error, since }) => (
                <tr key={action}>
                  <th scope="row">
                    <Digest value={action} />
                  </th>
                  <td className="number">{count(losses)}</td>
                  <td>{error}</td>
                  <td>
                    <Ago at={since} />
                  </td>
                  <td>
                    <Release action={action} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

/** Why what waits does wait. */
function why({ workers, slots, units }: Schema['QueueHealth']): string {
  const waits = units.ready + units.queued
  if (waits === 0) return 'nothing waits'
  if (workers === 0) return 'there is no worker'
  return units.running >= slots ? 'all slots are busy' : 'a slot is free: memory is short, or it is being taken now'
}

function Images({ images }: { images: readonly Schema['NodeImage'][] }) {
  return (
    <section aria-labelledby="images">
      <h2 id="images">Node images that may run here</h2>
      {images.length === 0 ? (
        <Empty why="No node image is registered, so nothing runs." />
      ) : (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Image</th>
                <th scope="col">Use</th>
                <th scope="col" className="number">
                  Bundles
                </th>
                <th scope="col">Registered</th>
                <th scope="col">By</th>
              </tr>
            </thead>
            <tbody>
              {images.map(({ digest, bundles, registeredAt, registeredBy, current }) => (
                <tr key={digest}>
                  <th scope="row">
                    <Digest value={digest} />
                  </th>
                  <td>{current && 'current'}</td>
                  <td className="number">{Object.keys(bundles).length}</td>
                  <td>
                    <Ago at={registeredAt} />
                  </td>
                  <td>{registeredBy}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
