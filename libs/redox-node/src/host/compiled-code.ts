/**
 * V8's optimised code of WebAssembly modules as bytes. Node has no door to V8's serialiser; V8 has one for its own tests, functions of its
 * natives syntax. They end the process where they are used wrongly, so only versions are trusted that this was tried with. V8 itself refuses
 * what another version, another set of flags or another processor has made.
 */
import { setFlagsFromString } from 'node:v8'
import type { CompiledCode } from '@bootgraph/cpu'

/** V8's flag without which its own functions are a syntax error. */
export const NATIVES_SYNTAX = '--allow-natives-syntax'
/** Whether this V8 is one that this was tried with: of Node 20, 22 and 24. */
export const TRIED = /^(11\.3|12\.4|13\.6)\./.test(process.versions.v8)

/** What does not depend on where the code is kept. */
type Natives = Omit<CompiledCode, 'claim'>

/** undefined on other versions. */
export function compiledCode(): Natives | undefined {
  if (!TRIED) return undefined
  setFlagsFromString(NATIVES_SYNTAX)
  try {
    return {
      now: () => performance.now(),
      isOptimised: new Function('fn', 'return %IsTurboFanFunction(fn)') as Natives['isOptimised'],
      optimise: new Function('fn', '%WasmTierUpFunction(fn)') as Natives['optimise'],
      save: new Function('module', 'return %SerializeWasmModule(module)') as Natives['save'],
      load: new Function('code', 'bytes', 'return %DeserializeWasmModule(code, bytes)') as Natives['load'],
      free: new Function('buffer', '%ArrayBufferDetach(buffer)') as Natives['free'],
    }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
