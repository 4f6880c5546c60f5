/** What pages ask, by the keys under which events find it again. Every key of a build begins with `build` and its id. */

import type { operations } from '@bootgraph/build-graph/api'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, ask, type Schema } from './client.ts'

type Query<Operation extends keyof operations> = NonNullable<operations[Operation]['parameters']['query']>

export const ladderQuery = (query: Query<'showLadder'>) =>
  queryOptions({
    queryKey: ['ladder', query],
    queryFn: ({ signal }) => ask(api.GET('/ladder', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  })

export const ladderHistoryQuery = (query: Query<'ladderHistory'>) =>
  queryOptions({
    queryKey: ['ladder', 'history', query],
    queryFn: ({ signal }) => ask(api.GET('/ladder/history', { params: { query }, signal })),
  })

export const surfacesQuery = queryOptions({
  queryKey: ['surfaces'],
  queryFn: ({ signal }) => ask(api.GET('/surfaces', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
})

export const surfaceDiffQuery = (date: string, other: string) =>
  queryOptions({
    queryKey: ['surfaces', date, other],
    queryFn: ({ signal }) => ask(api.GET('/surfaces/{date}/diff/{other}', { params: { path: { date, other } }, signal })),
    enabled: date !== '' && other !== '',
    placeholderData: keepPreviousData,
  })

export const stagesQuery = queryOptions({
  queryKey: ['stages'],
  queryFn: ({ signal }) => ask(api.GET('/stages', { signal })),
})

export const toolchainsQuery = queryOptions({
  queryKey: ['toolchains'],
  queryFn: ({ signal }) => ask(api.GET('/toolchains', { signal })),
})

export const buildsQuery = (query: Query<'listBuilds'>) =>
  infiniteQueryOptions({
    queryKey: ['builds', query],
    queryFn: ({ signal, pageParam }) =>
      ask(api.GET('/builds', { params: { query: { ...query, ...(pageParam && { cursor: pageParam }) } }, signal })),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  })

export const buildQuery = (build: string) =>
  queryOptions({
    queryKey: ['build', build, 'detail'],
    queryFn: ({ signal }) => ask(api.GET('/builds/{build}', { params: { path: { build } }, signal })),
  })

export const unitsQuery = (build: string, query: Query<'listUnits'>) =>
  infiniteQueryOptions({
    queryKey: ['build', build, 'units', query],
    queryFn: ({ signal, pageParam }) =>
      ask(
        api.GET('/builds/{build}/units', {
          params: { path: { build }, query: { ...query, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  })

export const graphQuery = (build: string) =>
  queryOptions({
    queryKey: ['build', build, 'graph'],
    queryFn: ({ signal }) => ask(api.GET('/builds/{build}/graph', { params: { path: { build } }, signal })),
  })

export const unitQuery = (build: string, unit: string) =>
  queryOptions({
    queryKey: ['build', build, 'unit', unit],
    queryFn: ({ signal }) => ask(api.GET('/builds/{build}/units/{unit}', { params: { path: { build, unit } }, signal })),
  })

export const explainQuery = (build: string, unit: string) =>
  queryOptions({
    queryKey: ['build', build, 'explain', unit],
    queryFn: ({ signal }) => ask(api.GET('/builds/{build}/units/{unit}/explain', { params: { path: { build, unit } }, signal })),
  })

export const pairQuery = (build: string, unit: string) =>
  queryOptions({
    queryKey: ['build', build, 'pair', unit],
    queryFn: ({ signal }) => ask(api.GET('/builds/{build}/units/{unit}/pair', { params: { path: { build, unit } }, signal })),
  })

export const filesQuery = (build: string, unit: string) =>
  queryOptions({
    queryKey: ['build', build, 'files', unit],
    queryFn: ({ signal }) => ask(api.GET('/builds/{build}/artifacts/{unit}/files', { params: { path: { build, unit } }, signal })),
  })

export const gapsQuery = (query: Query<'listGaps'>) =>
  infiniteQueryOptions({
    queryKey: ['gaps', query],
    queryFn: ({ signal, pageParam }) =>
      ask(api.GET('/gaps', { params: { query: { ...query, ...(pageParam && { cursor: pageParam }) } }, signal })),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  })

export const gapSummaryQuery = queryOptions({
  queryKey: ['gaps', 'summary'],
  queryFn: ({ signal }) => ask(api.GET('/gaps/summary', { signal })),
})

export type GapPath = operations['showGap']['parameters']['path']

export const gapQuery = (path: GapPath) =>
  queryOptions({
    queryKey: ['gaps', 'one', path],
    queryFn: ({ signal }) => ask(api.GET('/gaps/{truth}/{component}/{kind}/{name}', { params: { path }, signal })),
  })

export const occurrencesQuery = (path: GapPath, query: Query<'listOccurrences'> = {}) =>
  infiniteQueryOptions({
    queryKey: ['gaps', 'occurrences', path, query],
    queryFn: ({ signal, pageParam }) =>
      ask(
        api.GET('/gaps/{truth}/{component}/{kind}/{name}/occurrences', {
          params: { path, query: { ...query, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  })

export const workersQuery = infiniteQueryOptions({
  queryKey: ['workers'],
  queryFn: ({ signal, pageParam }) =>
    ask(api.GET('/workers', { params: { query: { limit: 200, ...(pageParam && { cursor: pageParam }) } }, signal })),
  initialPageParam: '',
  getNextPageParam: ({ next }) => next,
  refetchInterval: 15_000,
})

export const queueQuery = queryOptions({
  queryKey: ['workers', 'queue'],
  queryFn: ({ signal }) => ask(api.GET('/queue', { signal })),
  refetchInterval: 15_000,
})

export const nodeImagesQuery = infiniteQueryOptions({
  queryKey: ['node-images'],
  queryFn: ({ signal, pageParam }) =>
    ask(api.GET('/node-images', { params: { query: pageParam === '' ? {} : { cursor: pageParam } }, signal })),
  initialPageParam: '',
  getNextPageParam: ({ next }) => next,
})

export const compareQuery = (build: string, other: string, query: Query<'compareBuilds'>) =>
  queryOptions({
    queryKey: ['build', build, 'compare', other, query],
    queryFn: ({ signal }) => ask(api.GET('/builds/{build}/compare/{other}', { params: { path: { build, other }, query }, signal })),
    enabled: build !== '' && other !== '',
  })

export const planQuery = (request: operations['planBuild']['requestBody']['content']['application/json']) =>
  queryOptions({
    queryKey: ['plan', request],
    queryFn: ({ signal }) => ask(api.POST('/builds/plan', { body: request, signal })),
    placeholderData: keepPreviousData,
    enabled: request.stage !== '',
  })

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => ask(api.GET('/session', { signal })),
})

export interface AttemptName {
  readonly build: string
  readonly unit: string
  readonly attempt: number
}
export type LogStream = Schema['LogSize']['stream']

/** `count` lines from line `from`, counted from 1. */
export const logLinesQuery = ({ build, unit, attempt }: AttemptName, stream: LogStream, from: number, count: number) =>
  queryOptions({
    queryKey: ['build', build, 'log', unit, attempt, stream, from, count],
    queryFn: ({ signal }) =>
      ask(
        api.GET('/builds/{build}/units/{unit}/attempts/{attempt}/log/lines', {
          params: { path: { build, unit, attempt }, query: { stream, from, count } },
          signal,
        }),
      ),
  })

/** Lines that hold the words; the total is that of the whole log. */
export const logSearchQuery = ({ build, unit, attempt }: AttemptName, stream: LogStream, q: string) =>
  queryOptions({
    queryKey: ['build', build, 'log', unit, attempt, stream, 'search', q],
    queryFn: ({ signal }) =>
      ask(
        api.GET('/builds/{build}/units/{unit}/attempts/{attempt}/log/search', {
          params: { path: { build, unit, attempt }, query: { stream, q, limit: 1000 } },
          signal,
        }),
      ),
    enabled: q !== '',
    placeholderData: keepPreviousData,
  })
