import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { makeFolder } from '../folders.ts'
import { fail, hostError, print } from '../output.ts'
import { SURFACE_HELP } from '../surface-option.ts'
import { makeSysroot } from '../sysroot.ts'

export function register(program: Command): void {
  program
    .command('sysroot')
    .description('write crt files, libc.so and libc.a that export exactly what relibc exported at a date')
    .argument('<folder>')
    .option('--surface <date>', SURFACE_HELP, 'latest')
    .option('--bridge', 'also export what that surface lacks and the model has', false)
    .option('--json', 'print JSON')
    .action(async (folder: string, options: { surface: string; bridge: boolean; json?: boolean }) => {
      prepared(folder)
      const made = await makeSysroot(folder, options.surface, options.bridge)
      print(made, options.json, ({ files, surface, interpreter, exported }) => {
        const counts = Object.entries(exported).map(([tag, count]) => `${count} ${tag}`)
        return `${folder}: ${files.join(' ')}\nsurface ${surface}, exported: ${counts.join(', ')}\nthe interpreter of a dynamic program is ${interpreter}`
      })
    })
}

/** The folder, made if need be; one clear line where it cannot be. */
function prepared(folder: string): void {
  if (folder === '') fail('expected a folder')
  try {
    makeFolder(resolve(folder))
  } catch (error) {
    fail(`${folder}: ${hostError(error)}`)
  }
  if (!statSync(folder).isDirectory()) fail(`${folder}: is no folder`)
}
