/** compose.yaml and Containerfile against what the programs read and where they are. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from './config.ts'

interface Service {
  readonly build?: { readonly dockerfile: string }
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly depends_on?: Readonly<Record<string, unknown>> | readonly string[]
  readonly volumes?: readonly string[]
}

const root = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const { services, volumes } = parse(readFileSync(root('compose.yaml'), 'utf8'), { merge: true }) as {
  services: Readonly<Record<string, Service>>
  volumes: object
}
const environment = (name: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(services[name]!.environment ?? {}).map(([key, value]) => [key, value.replace(/\$\{[^}]*\}/g, 'secret')]),
  )

test('the API of compose.yaml has a configuration: its own servers, a bucket, every host that asks it', () => {
  const { databaseUrl, redisUrl, bucket, hosts, address } = readConfig(environment('api'))
  expect(new URL(databaseUrl!).hostname in services && new URL(redisUrl!).hostname in services).toBe(true)
  expect(new URL(bucket!.endpoint).hostname in services).toBe(true)
  expect([address, hosts]).toEqual([
    '0.0.0.0',
    expect.arrayContaining([new URL(environment('worker').BOOTGRAPH_URL!).hostname, 'localhost']),
  ])
})

test('every program, service and volume that compose.yaml names is there', () => {
  for (const { build, command, depends_on: needs = [], volumes: mounts = [] } of Object.values(services)) {
    for (const need of Array.isArray(needs) ? needs : Object.keys(needs)) expect(services).toHaveProperty(need)
    for (const mount of mounts) expect(volumes).toHaveProperty(mount.split(':')[0]!)
    if (build === undefined) continue
    expect(existsSync(root(build.dockerfile))).toBe(true)
    expect(existsSync(root(command!.at(-1)!))).toBe(true)
  }
})

test('every file that the Containerfile runs is there', () => {
  const ran = [...readFileSync(root('Containerfile'), 'utf8').matchAll(/[\w./-]+\.(?:mjs|ts)\b/g)].map(([path]) => path)
  expect(ran.length).toBeGreaterThan(3)
  expect(ran.filter((path) => !existsSync(root(path)))).toEqual([])
})
