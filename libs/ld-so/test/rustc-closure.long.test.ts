import { describe, expect, test } from 'vitest'
import { functionRanges } from '../src/index.ts'
import { emptyLibc, hasToolchain, libcFor, linkRustc } from './rustc-closure.ts'

describe.skipIf(!hasToolchain)('a real rustc', () => {
  test('links against a made C library without an error', () => {
    const libc = libcFor(linkRustc(emptyLibc()).missed)
    const links = Array.from({ length: 4 }, () => linkRustc(libc))
    const best = Math.min(...links.map((link) => link.milliseconds))
    const [{ errors, missed, program }] = links
    const counts = [...(program?.relocationCounts ?? [])].flatMap((count, type) => (count > 0 ? [`type ${type}: ${count}`] : []))
    console.log(`${program?.linkMap.length} objects, best of ${links.length}: ${Math.round(best)} ms; ${counts.join(', ')}`)
    expect(errors).toEqual([])
    expect(missed.filter(({ weak }) => !weak)).toEqual([])
    expect(program?.linkMap.length).toBeGreaterThan(10)
  })

  test('function ranges of every object are as many as its header says, in order', () => {
    const { program, port } = linkRustc(libcFor(linkRustc(emptyLibc()).missed))
    for (const dso of program?.linkMap ?? []) {
      let ranges: Uint32Array = new Uint32Array()
      let milliseconds = Number.POSITIVE_INFINITY
      for (let round = 0; round < 3; round++) {
        const start = performance.now()
        ranges = functionRanges(port.memory.view, dso)
        milliseconds = Math.min(milliseconds, performance.now() - start)
      }
      // The header's own count, as every linker of these objects writes it (udata4 behind a 4-byte pointer).
      if (dso.ehFrameHdr > 0) expect(ranges.length / 2).toBe(port.memory.view.getUint32(dso.ehFrameHdr + 8, true))
      for (let i = 2; i < ranges.length; i += 2) if (ranges[i] < ranges[i - 2]) throw new Error(`${dso.path}: not sorted at ${i}`)
      if (milliseconds > 5) console.log(`${dso.path}: ${ranges.length / 2} functions in ${milliseconds.toFixed(1)} ms`)
    }
  })
})
