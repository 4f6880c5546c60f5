/** Gaps in words. Pure. */
import type { Component, GapKind } from '@bootgraph/build-graph'
import type { Schema } from './api/client.ts'

const KINDS: Record<GapKind, { word: string; says: (name: string) => string }> = {
  'symbol-missing': { word: 'symbol missing', says: (name) => `${name} is missing` },
  'stub-called': { word: 'stub called', says: (name) => `${name} is a stub` },
  'behaviour-unsupported': { word: 'behaviour', says: (name) => `${name} is not supported` },
  'relocation-unsupported': { word: 'relocation', says: (name) => `relocation ${name}` },
  'tls-model-unsupported': { word: 'TLS model', says: (name) => `TLS model ${name}` },
  'dlopen-in-static-image': { word: 'dlopen in static image', says: () => 'dlopen in a static image' },
  'ability-missing': { word: 'ability', says: (name) => `no ${name}` },
  syscall: { word: 'syscall', says: (name) => `syscall ${name}` },
  'scheme-operation': { word: 'scheme operation', says: (name) => `scheme operation ${name}` },
  'declaration-missing': { word: 'declaration missing', says: (name) => `${name} is not declared` },
  'target-ability': { word: 'target ability', says: (name) => `no ${name}` },
  'instruction-unsupported': { word: 'instruction', says: (name) => `instruction ${name}` },
}
const known = (kind: string) => KINDS[kind as GapKind] as (typeof KINDS)[GapKind] | undefined

export const kindWord = (kind: string): string => known(kind)?.word ?? kind

export const GAP_KINDS = Object.entries(KINDS).map(([value, { word }]) => ({ value, word }))
export const COMPONENTS: readonly Component[] = ['relibc', 'ld-so', 'kernel', 'driver', 'libc-crate', 'target', 'cpu']

/** `relibc: socketpair is missing`; what only a build for the host asks for is missing nowhere, and is not called so. */
export function gapWords({ truth, component, kind, name }: Pick<Schema['GapRef'], 'truth' | 'component' | 'kind' | 'name'>): string {
  if (truth === 'host-spelling') return `${component}: ${name} under the host’s spelling`
  if (truth === 'host-only') return `${component}: ${name} is the host’s own`
  return `${component}: ${known(kind)?.says(name) ?? `${kind} ${name}`}`
}

/** When it closes, by what relibc's history says. */
export function closes({ state, closesAt, kind }: Pick<Schema['Gap'], 'state' | 'closesAt' | 'kind'>): string {
  if (closesAt !== undefined) return closesAt
  if (kind === 'dlopen-in-static-image') return 'never: by design'
  return state === 'closed' ? 'gone in a newer run' : 'still open'
}

/** Whether a program ran into it, or only has it among its imports; what is no name of a library is met without either. */
export function use({ called, kind }: Pick<Schema['Gap'], 'called' | 'kind'>): string {
  if (called) return 'called'
  return kind === 'symbol-missing' || kind === 'stub-called' ? 'only imported' : 'not called'
}
