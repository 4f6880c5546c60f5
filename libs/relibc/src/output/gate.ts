/** The one-instruction body of a hosted function. */
import { gateId } from '../registry/define.ts'

/** `0F 3F id32`: outside pages marked as gates this is #UD, so that it can be called only through a made library. */
export function gateOf(id: number): Uint8Array {
  const code = new Uint8Array(6)
  code.set([0x0f, 0x3f])
  new DataView(code.buffer).setUint32(2, id, true)
  return code
}

export const gateCode = (name: string): Uint8Array => gateOf(gateId(name))
