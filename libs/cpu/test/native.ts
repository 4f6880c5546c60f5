/** Runs the same machine code on the host's processor: `void go(in, out)` over a buffer of inputs. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export function runNative(assembly: string, input: Uint8Array, outputSize: number): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'native-'))
  try {
    const c = `#include <stdio.h>
      static char in[${input.length}] __attribute__((aligned(16))), out[${outputSize}] __attribute__((aligned(16)));
      extern void go(char *, char *);
      int main(void) { fread(in, 1, sizeof in, stdin); go(in, out); fwrite(out, 1, sizeof out, stdout); return 0; }\n`
    writeFileSync(join(folder, 'main.c'), c)
    writeFileSync(join(folder, 'go.s'), `.globl go\ngo:\n${assembly}\nret\n.section .note.GNU-stack\n`)
    execFileSync('gcc', ['-o', join(folder, 'out'), join(folder, 'main.c'), join(folder, 'go.s')])
    return execFileSync(join(folder, 'out'), { input, maxBuffer: 1 << 28 })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
