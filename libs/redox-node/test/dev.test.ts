/** What /dev has, beside the same program natively, which has no terminal either. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { compiled } from './corpus/programs.ts'
import { inNode } from './corpus/run.ts'

it('descriptors, standard streams and devices have their names in /dev', () => {
  const program = { ...compiled('c', fileURLToPath(new URL('./dev/dev.c', import.meta.url))), input: Buffer.from('input') }
  // Not a terminal's: the program has a session of its own, and pipes, where node would give it sockets.
  const native = spawnSync('sh', ['-c', 'cat | setsid -w "$0" | cat', join(program.folder, 'program')], {
    input: program.input,
    encoding: 'latin1',
  })
  const { stdout, notes, code } = inNode(program)
  expect(notes).toEqual([])
  expect({ stdout, code }).toEqual({ stdout: native.stdout, code: 0 })
})
