/**
 * A Chromium for the tests: CHROMIUM_PATH, else one from PATH, else the distribution's package unpacked without root into
 * the cache of this checkout, with what it needs.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const ABSENT =
  'The browser tests need Chromium, and it could not be unpacked from the distribution’s packages. Install it (Debian/Ubuntu: apt-get install chromium) or set CHROMIUM_PATH to a Chromium or Chrome.'

export interface Chromium {
  readonly executablePath: string
  readonly env: Readonly<Record<string, string>>
}

/** `folder`: where an unpacked one is kept. @throws Error with one line if there is none and none can be had */
export function findChromium(folder: string, environment: NodeJS.ProcessEnv = process.env): Chromium {
  const named = environment.CHROMIUM_PATH
  if (named) return { executablePath: named, env: {} }
  for (const name of NAMES)
    for (const place of (environment.PATH ?? '').split(delimiter)) {
      const program = join(place, name)
      if (place !== '' && existsSync(program)) return { executablePath: program, env: {} }
    }
  const unpacked = found(folder) ?? unpack(folder)
  if (unpacked === undefined) throw new Error(ABSENT)
  return unpacked
}

function found(folder: string): Chromium | undefined {
  const executablePath = join(folder, 'usr/lib/chromium/chromium')
  if (!existsSync(executablePath)) return undefined
  const libraries = readdirSync(join(folder, 'usr/lib')).filter((name) => name.includes('-linux-'))
  const paths = libraries.flatMap((triple) => [join(folder, 'usr/lib', triple), join(folder, 'lib', triple)])
  return { executablePath, env: { LD_LIBRARY_PATH: paths.join(delimiter), FONTCONFIG_PATH: join(folder, 'etc/fonts') } }
}

/** apt resolves the packages against an empty system, so that everything comes along but the C library, which is the host's. */
function unpack(folder: string): Chromium | undefined {
  const work = `${folder}.incoming`
  rmSync(work, { recursive: true, force: true })
  for (const made of ['lists/partial', 'cache/archives/partial', 'tree']) mkdirSync(join(work, made), { recursive: true })
  writeFileSync(join(work, 'status'), '')
  const options = [
    `Dir::State::status=${join(work, 'status')}`,
    `Dir::State::lists=${join(work, 'lists')}`,
    `Dir::Cache=${join(work, 'cache')}`,
    'Debug::NoLocking=true',
    'APT::Sandbox::User=',
    'APT::Install-Recommends=false',
  ].flatMap((option) => ['-o', option])
  const run = (program: string, args: readonly string[]): boolean =>
    spawnSync(program, args, { cwd: work, stdio: 'ignore', timeout: 600_000 }).status === 0
  if (!run('apt-get', [...options, 'update']) || !run('apt-get', [...options, '-y', '--download-only', 'install', 'chromium']))
    return undefined
  const packages = readdirSync(join(work, 'cache/archives')).filter((name) => name.endsWith('.deb') && !/^libc6_|^libc-bin_/.test(name))
  if (!packages.every((name) => run('dpkg-deb', ['-x', join(work, 'cache/archives', name), join(work, 'tree')]))) return undefined
  renameSync(join(work, 'tree'), folder)
  rmSync(work, { recursive: true, force: true })
  return found(folder)
}
