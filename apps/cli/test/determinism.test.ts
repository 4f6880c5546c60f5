/**
 * A run is a function of its inputs and its seed: with translations kept or not, by any engine, the report outside `measured` and what the
 * program says are the same. Another seed is another order of threads, another time and other random bytes.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeReport } from '@bootgraph/build-graph'
import { afterAll, beforeAll, expect, it } from 'vitest'

const bootgraph = fileURLToPath(new URL('../bin/bootgraph.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-determinism-'))

/** Threads that race for places in a list, a child, random bytes, time, addresses. */
const PROGRAM = `
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static char order[4096];
static int places;
static volatile long sink;
static void *worker(void *name) {
  for (int i = 0; i < 12; i++) {
    for (long k = 0; k < 20000; k++) sink += k;
    order[__atomic_fetch_add(&places, 1, __ATOMIC_SEQ_CST)] = 'a' + (long)name;
  }
  return 0;
}
int main(void) {
  pthread_t threads[4];
  for (long i = 0; i < 4; i++) pthread_create(&threads[i], 0, worker, (void *)i);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
  unsigned random;
  getrandom(&random, sizeof random, 0);
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  printf("%s %u %ld.%09ld %p\\n", order, random, (long)now.tv_sec, now.tv_nsec, malloc(100));
  fflush(stdout);
  if (fork() == 0) { printf("child %d\\n", (int)getpid()); exit(5); }
  int status;
  wait(&status);
  printf("%d\\n", WEXITSTATUS(status));
  return 0;
}`

interface Outcome {
  readonly stdout: string
  readonly report: Omit<NodeReport, 'measured' | 'instructions'>
  readonly instructions: string | undefined
  readonly translated: number
}

function run(...options: string[]): Outcome {
  const file = join(folder, 'report.json')
  const args = [bootgraph, 'run', '--toolchain', 'none', '--root', folder, '--report', file, ...options, '--', '/program']
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 })
  expect(stderr).toBe('')
  const { measured, instructions, ...report } = JSON.parse(readFileSync(file, 'utf8')) as NodeReport
  return { stdout, report, instructions, translated: measured.counters.translatedFunctions }
}

beforeAll(() => {
  writeFileSync(join(folder, 'program.c'), PROGRAM)
  execFileSync('gcc', ['-O1', '-pthread', '-o', join(folder, 'program'), join(folder, 'program.c')])
})
afterAll(() => rmSync(folder, { recursive: true }))

it('the same seed gives the same run, whatever runs it; another seed gives another', () => {
  const first = run('--seed', '7')
  expect(first.stdout.split('\n')[0]).toMatch(/^[abcd]{48} \d+ 17\d{8}\.\d{9} 0x[0-9a-f]+$/)
  for (const options of [[], ['--no-cache'], ['--engine', 'interpreter'], ['--engine', 'translator'], ['--count']]) {
    const { stdout, report, instructions, translated } = run('--seed', '7', ...options)
    expect({ options, stdout, report }).toEqual({ options, stdout: first.stdout, report: first.report })
    expect([options, translated > 0, instructions !== undefined]).toEqual([
      options,
      options.includes('translator'),
      options.includes('--count'),
    ])
  }
  const [order, random, time] = first.stdout.split(' ')
  const [otherOrder, otherRandom, otherTime] = run('--seed', '8').stdout.split(' ')
  expect([otherOrder === order, otherRandom === random, otherTime === time]).toEqual([false, false, false])
})

it('static linkage is the same run every time, too', () => {
  const [a, b] = [run('--linkage', 'static', '--seed', '3'), run('--linkage', 'static', '--seed', '3', '--no-cache')]
  expect(b).toEqual(a)
})
