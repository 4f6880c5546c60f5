/**
 * Preloaded into a process: FAULTS, `[[nth write, fault], …]`, happen to the blobs that its store writes. A short write takes half of the
 * bytes, as POSIX allows; the others fail.
 */
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const faults = new Map(JSON.parse(process.env.FAULTS ?? '[]'))
const open = fs.open
let writes = 0

fs.open = async (path, flags, ...rest) => {
  const file = await open(path, flags, ...rest)
  if (flags !== 'wx' || !String(path).includes('/incoming/')) return file
  const write = file.write.bind(file)
  file.write = async (buffer, offset, length, ...more) => {
    const fault = faults.get(++writes)
    if (fault === 'short') return write(buffer, offset, Math.max(1, length >> 1), ...more)
    if (fault !== undefined) throw Object.assign(new Error(`${fault}: injected`), { code: fault })
    return write(buffer, offset, length, ...more)
  }
  return file
}
syncBuiltinESMExports()
