import { describe, expect, test } from 'vitest'
import { emptyLibc, hasToolchain, libcFor, linkRustc } from './rustc-closure.ts'

describe.skipIf(!hasToolchain)('a real rustc', () => {
  test('links against a made C library without an error, in less than half a second', () => {
    const libc = libcFor(linkRustc(emptyLibc()).missed)
    const links = Array.from({ length: 4 }, () => linkRustc(libc))
    const best = Math.min(...links.map((link) => link.milliseconds))
    const [{ errors, missed, program }] = links
    const counts = [...(program?.relocationCounts ?? [])].flatMap((count, type) => (count > 0 ? [`type ${type}: ${count}`] : []))
    console.log(`${program?.linkMap.length} objects, best of ${links.length}: ${Math.round(best)} ms; ${counts.join(', ')}`)
    expect(errors).toEqual([])
    expect(missed.filter(({ weak }) => !weak)).toEqual([])
    expect(program?.linkMap.length).toBeGreaterThan(10)
    expect(best).toBeLessThan(500)
  })
})
