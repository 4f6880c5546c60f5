/** A program that ends by its own doing: the report tells the place and the calls under way. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { compiled } from './corpus/programs.ts'
import { inNode } from './corpus/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'bootgraph-crash-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const source = join(folder, 'crash.c')
writeFileSync(
  source,
  `// flags: -rdynamic
  #include <stdlib.h>
  #include <string.h>
  int (*volatile nowhere)(void);
  __attribute__((noipa)) int touch(char *at) { return at[3]; }
  __attribute__((noipa)) int outer(char *at) { return touch(at) + 1; }
  int main(int argc, char **argv) {
    switch (argv[1][0]) {
      case 't': return outer((char *)0x10);
      case 'j': return nowhere() + 1;
      case 'a': abort();
      default: return strlen((char *)8);
    }
  }`,
)

const crashed = (way: string) => {
  const program = compiled('c', source)
  return inNode({ ...program, args: [way] })
}

it('names the instruction, the functions around it and the address', () => {
  const { code, notes } = crashed('touch')
  expect(code).toBe(139)
  expect(notes.join('\n')).toMatch(/ended by signal 11 at \/program!touch\+0x0, for address 0x13/)
})

it('names who jumped where nothing is', () => {
  expect(crashed('jump').notes.join('\n')).toMatch(/ended by signal 11 at 0x0, called from \/program!main\+0x[0-9a-f]+/)
})

it('names no place where the program ended itself by a signal', () => {
  const { code, notes } = crashed('abort')
  expect([code, notes.join('\n')]).toEqual([134, expect.not.stringContaining(' at ')])
})
