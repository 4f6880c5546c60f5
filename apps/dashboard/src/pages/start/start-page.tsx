/** Start a build: left the choices, right what they would do. The choices are the URL, so a link can prefill them. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate, useRouter } from '@tanstack/react-router'
import { useMemo } from 'react'
import { api, ask } from '../../api/client.ts'
import { planQuery, stagesQuery, surfacesQuery, toolchainsQuery } from '../../api/queries.ts'
import { buildCommand } from '../../build-words.ts'
import { Command } from '../../components/command.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Loading } from '../../components/loading.tsx'
import { Problem } from '../../components/problem.tsx'
import { noun } from '../../format.ts'
import { useTitle } from '../../shell/title.ts'
import { Choice } from './choice.tsx'
import { Plan } from './plan.tsx'
import { requestOf } from './request.ts'
import styles from './start-page.module.css'

const route = getRouteApi('/start')

export function StartPage() {
  const router = useRouter()
  const navigate = useNavigate()
  const close = () => {
    if (router.history.canGoBack()) router.history.back()
    else void navigate({ to: '/builds' })
  }
  useTitle('Start a build')
  return (
    <Dialog title="Start a build" onClose={close}>
      <Form onClose={close} />
    </Dialog>
  )
}

function Form({ onClose }: { onClose: () => void }) {
  const search = route.useSearch()
  const change = route.useNavigate()
  const navigate = useNavigate()
  const cache = useQueryClient()
  const stages = useQuery(stagesQuery)
  const surfaces = useQuery(surfacesQuery)
  const toolchains = useQuery(toolchainsQuery)
  const stage = stages.data?.stages.find(({ id }) => id === search.stage) ?? stages.data?.stages[0]
  const request = useMemo(() => requestOf(search, stage?.id ?? ''), [search, stage?.id])
  const plan = useQuery(planQuery(request))
  const start = useMutation({
    mutationFn: () => ask(api.POST('/builds', { body: request })),
    onSuccess: async ({ id }) => {
      void cache.invalidateQueries({ queryKey: ['builds'] })
      await navigate({ to: '/builds/$build', params: { build: id }, replace: true })
    },
  })
  const set = (key: keyof typeof search) => (value: string) =>
    void change({ search: (before) => ({ ...before, [key]: value }), replace: true })
  if (stages.error) return <Problem error={stages.error} retry={() => void stages.refetch()} />
  if (stages.data === undefined || stage === undefined) return <Loading what="the stages" />
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        start.mutate()
      }}
    >
      <div className={styles.choices}>
        <Choice
          label="What"
          value={stage.id}
          onChange={set('stage')}
          options={stages.data.stages.map(({ id, title }) => ({ value: id, word: title }))}
        />
        {stage.rungs.length > 0 && (
          <Choice
            label="Rungs"
            value={search.rungs ?? ''}
            onChange={set('rungs')}
            options={[{ value: '', word: 'all' }, ...stage.rungs.map(({ id, title }) => ({ value: id, word: `only ${title}` }))]}
          />
        )}
        <Choice
          label="Compiler runs"
          value={search.linkage ?? ''}
          onChange={set('linkage')}
          options={[
            { value: '', word: 'both ways' },
            { value: 'static', word: 'static' },
            { value: 'dynamic', word: 'dynamic' },
          ]}
        />
        <Choice
          label="Target linkage"
          value={search.targetLinkage ?? ''}
          onChange={set('targetLinkage')}
          options={[
            { value: '', word: 'default' },
            { value: 'static', word: 'static' },
            { value: 'dynamic', word: 'dynamic' },
          ]}
        />
        <Choice
          label="Surface"
          value={search.surface ?? ''}
          onChange={set('surface')}
          options={[
            { value: '', word: 'latest' },
            { value: 'full', word: 'full: all that the model has' },
            ...(surfaces.data?.surfaces.map(({ date }) => ({ value: date, word: date })).reverse() ?? []),
          ]}
        />
        <Choice
          label="Mode"
          value={search.mode ?? ''}
          onChange={set('mode')}
          options={[
            { value: '', word: 'bridge: record and go on' },
            { value: 'strict', word: 'strict: stop at the first gap' },
          ]}
        />
        <Choice
          label="Toolchain"
          value={search.toolchain ?? ''}
          onChange={set('toolchain')}
          options={[
            { value: '', word: 'default' },
            // A source has no compiler in it.
            ...(toolchains.data?.toolchains.flatMap(({ name, title, kind }) => (kind === 'source' ? [] : { value: name, word: title })) ??
              []),
          ]}
        />
        {stages.data.overlays.length > 0 && (
          <Choice
            label="Overlays"
            value={search.overlays ?? ''}
            onChange={set('overlays')}
            options={[
              { value: '', word: 'as the stage has them' },
              { value: 'none', word: 'none' },
              ...stages.data.overlays.map((overlay) => ({ value: overlay, word: overlay })),
            ]}
          />
        )}
      </div>
      <div className={styles.plan} aria-live="polite">
        <h3>What it would do (predicted)</h3>
        {plan.error ? (
          <Problem error={plan.error} retry={() => void plan.refetch()} />
        ) : plan.data ? (
          <Plan plan={plan.data} />
        ) : (
          <Loading what="the plan" rows={5} />
        )}
        <Command line={buildCommand(request)} label="copy" />
      </div>
      <footer className={styles.foot}>
        {start.error && <Problem error={start.error} />}
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="primary" disabled={start.isPending || plan.data === undefined}>
          {start.isPending ? 'Asked' : plan.data ? `Start ${noun(plan.data.total - plan.data.cached, 'unit')}` : 'Start'}
        </button>
      </footer>
    </form>
  )
}
