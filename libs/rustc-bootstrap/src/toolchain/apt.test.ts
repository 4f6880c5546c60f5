import { expect, test } from 'vitest'
import { drift, printedUris } from './apt.ts'
import { RELEASES } from './release.ts'

test('archives are read from what apt prints; other lines and hostile names are not', () => {
  const sha256 = 'a'.repeat(64)
  const text = [
    'Reading package lists...',
    `'https://mirror.example/pool/z/zlib1g_1%3a1.2_amd64.deb' zlib1g_1%3a1.2_amd64.deb 86700 SHA256:${sha256}`,
    `'https://mirror.example/x' ../x 1 SHA256:${sha256}`,
    `'https://mirror.example/y' y.deb 1 MD5Sum:0123`,
  ].join('\n')
  expect(printedUris(text)).toEqual([{ file: 'zlib1g_1%3a1.2_amd64.deb', size: 86700, sha256 }])
})

test('a package that is served in another version is told', () => {
  const [pin] = RELEASES[0].packages
  const served = { name: pin.name, version: pin.version, sha256: pin.sha256, size: pin.size, file: 'f' }
  expect(drift([pin], [served])).toEqual([])
  expect(drift([pin], [{ ...served, version: '9', sha256: 'b'.repeat(64) }])).toEqual([
    `${pin.name}: ${pin.version} is pinned, 9 is served`,
  ])
})

test('every release pins well-formed packages, each once, and none of the host C library', () => {
  for (const release of RELEASES) {
    const names = release.packages.map((p) => p.name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((n) => /^libc6/.test(n))).toEqual([])
    for (const p of release.packages)
      expect(p).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), role: expect.stringMatching(/^(compiler|base)$/) })
  }
})
