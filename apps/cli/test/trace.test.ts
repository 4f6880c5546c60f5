/** Traces of real programs: what the C library, the kernel and ld.so were asked, in order, the same in every run. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RUNGS } from '@bootgraph/rustc-bootstrap'
import { afterAll, beforeAll, expect, it } from 'vitest'

const bootgraph = fileURLToPath(new URL('../bin/bootgraph.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-trace-'))

const PROGRAM = `
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
static void *thread(void *p) { return p; }
int main(int argc, char **argv) {
  char text[32];
  int fd = open(argc > 1 ? argv[1] : "/etc/passwd", O_RDONLY);
  long n = read(fd, text, 5);
  struct stat st;
  stat("/nowhere", &st);
  close(fd);
  pthread_t t;
  pthread_create(&t, 0, thread, 0);
  pthread_join(t, 0);
  pid_t child = fork();
  if (child == 0) _exit(3);
  int status;
  waitpid(child, &status, 0);
  write(1, "done\\n", 5);
  return n == 5 ? 0 : 1;
}`

function traced(what: string, program: readonly string[], options: readonly string[] = []): string[] {
  const args = [bootgraph, 'run', '--toolchain', 'none', '--root', folder, ...options, '--trace', what, '--', ...program]
  const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 })
  return stderr.split('\n').filter(Boolean)
}

beforeAll(() => {
  writeFileSync(join(folder, 'source.c'), PROGRAM)
  execFileSync('gcc', ['-O1', '-pthread', '-o', join(folder, 'program'), join(folder, 'source.c')])
  const hello = RUNGS.find(({ id }) => id === 'static-hello')?.steps.flatMap(({ files }) => Object.values(files)) ?? []
  for (const content of hello) if (typeof content !== 'string') writeFileSync(join(folder, 'hello'), content, { mode: 0o755 })
})
afterAll(() => rmSync(folder, { recursive: true }))

it('libc: calls with texts, results and errors', () => {
  const lines = traced('libc', ['/program', '/etc/passwd'])
  expect(lines).toContain('1 open("/etc/passwd", 0) = 3')
  expect(lines).toContain('1 read(3, "root:", 5) = 5')
  expect(lines.find((line) => line.startsWith('1 stat('))).toMatch(/^1 stat\("\/nowhere", 0x[0-9a-f]+\) = -1 ENOENT$/)
  expect(lines).toContain('1 write(1, "done\\n", 5) = 5')
  expect(lines.some((line) => line.startsWith('3 _exit(3'))).toBe(true)
  expect(lines.join('\n')).not.toContain('[object')
  writeFileSync(join(folder, 'a'), lines.join('\n'))
  writeFileSync(join(folder, 'b'), traced('libc', ['/program', '/etc/group'], ['--seed', '5']).join('\n'))
  const diff = (a: string, b: string) =>
    spawnSync(process.execPath, [bootgraph, 'trace', 'diff', join(folder, a), join(folder, b)], { encoding: 'utf8' })
  expect(diff('a', 'a')).toMatchObject({ status: 0, stdout: `equal: ${lines.length} lines\n` })
  expect(diff('a', 'program')).toMatchObject({
    status: 2,
    stdout: '',
    stderr: `bootgraph: ${join(folder, 'program')}: is no trace but a binary file\n`,
  })
  const other = diff('a', 'b')
  expect(other.status).toBe(1)
  expect(other.stdout).toContain('b: 1 open("/etc/group", 0) = 3')
})

it('syscall and loader: what the hosted library asks the kernel, and what ld.so loads and binds, each in the order of the run', () => {
  const lines = traced('syscall,loader', ['/program'])
  const at = (text: string) => {
    const found = lines.findIndex((line) => line.startsWith(text))
    expect(found, text).toBeGreaterThanOrEqual(0)
    return found
  }
  const order = [
    'ld.so load("/program") = 0x',
    'ld.so load("/lib/libc.so.6") = 0x',
    'ld.so bind("/program") = ',
    'ld.so init("/program") = ',
    '1 sys_open("/etc/passwd", 0x10000) = 3',
    '1 sys_read(3, "root:") = 5',
    '1 sys_stat(-100, "/nowhere", true) = -ENOENT',
    '1 sys_close(3) = 0',
    '1 sys_clone(',
    '1 sys_fork() = 3',
    '3 sys_exit(3',
    '1 sys_write(1, "done\\n") = 5',
  ].map(at)
  expect(order).toEqual([...order].sort((a, b) => a - b))
})

it('syscall: a raw Redox program by the names of its era, counted in the report', () => {
  const report = join(folder, 'report.json')
  const lines = traced('syscall', ['/hello'], ['--abi', 'redox-2019-11', '--report', report])
  expect(lines).toContain('1 WRITE(1, "hello from Redox system calls\\n", 30) = 30')
  expect(lines.at(-1)).toMatch(/^1 EXIT\(0/)
  expect(JSON.parse(readFileSync(report, 'utf8')).syscalls).toEqual({ EXIT: 1, WRITE: 1 })
})

it('loader: a static image says of what it was made', () => {
  const lines = traced('loader', ['/program'], ['--linkage', 'static', '--no-cache'])
  expect(lines[0]).toMatch(/^link image\("\/program"\) = made of 2 files, \d+ bytes$/)
  expect(lines[1]).toBe('link input("/program") = 0x40000000')
  expect(lines[2]).toMatch(/^link input\("\/lib\/libc.so.6"\) = 0x[0-9a-f]+$/)
})
