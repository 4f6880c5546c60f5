import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PrivateApt } from './apt.ts'
import { silent } from './progress.ts'
import { RELEASES } from './release.ts'

/**
 * Stands in for apt-get, with the two habits that matter here: a file of full length in the current folder is not listed
 * and not fetched again, whatever is in it.
 */
const FAKE_APT = `#!/bin/sh
repo=REPO
[ "$1" = indextargets ] && exit 0
shift 2
[ "$1" = -q ] && shift
[ "$1" = update ] && exit 0
shift
print=no
[ "$1" = --print-uris ] && { print=yes; shift; }
for package in "$@"; do
  name=\${package%%=*}
  [ -f "$repo/$name"_* ] || { echo "E: Unable to locate package $name" >&2; exit 100; }
  file=$(basename "$repo/$name"_*)
  size=$(wc -c < "$repo/$file" | tr -d ' ')
  [ -f "$file" ] && [ "$(wc -c < "$file" | tr -d ' ')" = "$size" ] && continue
  if [ $print = yes ]; then echo "'x://m/$file' $file $size SHA256:$(cat "$repo/sum-$name")"; else echo "$file" >> "$repo/fetched"; cp "$repo/$file" "$file"; fi
done
`

describe.skipIf(process.platform === 'win32')('packages through a private apt', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'apt-'))
    for (const made of ['bin', 'repo']) mkdirSync(join(folder, made))
    writeFileSync(join(folder, 'bin', 'apt-get'), FAKE_APT.replace('REPO', join(folder, 'repo')))
    chmodSync(join(folder, 'bin', 'apt-get'), 0o755)
    for (const name of ['one', 'two']) {
      const content = `package ${name}`
      writeFileSync(join(folder, 'repo', `${name}_1%3a2_all.deb`), content)
      writeFileSync(join(folder, 'repo', `sum-${name}`), createHash('sha256').update(content).digest('hex'))
    }
    vi.stubEnv('PATH', `${join(folder, 'bin')}${delimiter}${process.env.PATH}`)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  })

  const open = () => PrivateApt.open(RELEASES[0], join(folder, 'private'), 'x://mirror')
  const fetched = () =>
    readFileSync(join(folder, 'repo', 'fetched'), 'utf8')
      .trim()
      .split('\n')

  test('whole files are kept, cut and damaged ones fetched again', async () => {
    const apt = await open()
    const served = await apt.served(['one', 'two'])
    expect(served.map((p) => [p.name, p.version])).toEqual([
      ['one', '1:2'],
      ['two', '1:2'],
    ])
    await apt.download(served, silent)
    expect(fetched().length).toBe(2)
    const [one, two] = served.map((p) => join(apt.archives, p.file))
    await apt.download(await apt.served(['one', 'two']), silent)
    expect(fetched().length).toBe(2)
    writeFileSync(one, 'damaged 123')
    truncateSync(two, 3)
    await apt.download(await apt.served(['one', 'two']), silent)
    expect(fetched().length).toBe(4)
    expect(readFileSync(one, 'utf8') + readFileSync(two, 'utf8')).toBe('package onepackage two')
  })

  test('a file that is not what the index says is removed and told', async () => {
    const apt = await open()
    const served = await apt.served(['one'])
    writeFileSync(join(folder, 'repo', 'one_1%3a2_all.deb'), 'package 0ne')
    await expect(apt.download(served, silent)).rejects.toThrow(/does not have the checksum/)
  })

  test('a package that is not served is named', async () => {
    await expect((await open()).served(['three'])).rejects.toThrow(/Unable to locate package three/)
  })

  test('a host that is configured for another suite is told what to do', async () => {
    await expect(PrivateApt.open(RELEASES[0], join(folder, 'private'))).rejects.toThrow(/not configured for bookworm; name a mirror/)
  })

  test.skipIf(spawnSync('apt-get', ['--version']).status !== 0)('a mirror that does not answer is named', async () => {
    vi.unstubAllEnvs()
    const mirror = 'http://127.0.0.1:1/debian'
    await expect(PrivateApt.open(RELEASES[0], join(folder, 'private'), mirror)).rejects.toThrow(mirror)
  })

  test('a host without apt is told what to do', async () => {
    vi.stubEnv('PATH', join(folder, 'repo'))
    await expect(PrivateApt.open(RELEASES[0], join(folder, 'private'))).rejects.toThrow(
      /apt-get is not installed on this host; .*toolchain add/,
    )
  })
})
