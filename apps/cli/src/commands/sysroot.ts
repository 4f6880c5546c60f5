import type { Command } from 'commander'
import { print } from '../output.ts'
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
      const made = await makeSysroot(folder, options.surface, options.bridge)
      print(made, options.json, ({ files, surface, interpreter, exported }) => {
        const counts = Object.entries(exported).map(([tag, count]) => `${count} ${tag}`)
        return `${folder}: ${files.join(' ')}\nsurface ${surface}, exported: ${counts.join(', ')}\nthe interpreter of a dynamic program is ${interpreter}`
      })
    })
}
