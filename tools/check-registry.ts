/** Loads relibc's registry as a node does when it boots: a symbol with two rows keeps every node from booting, and no type tells. */
import { collect, coreHeaders, platformHeaders, textHeaders } from '@bootgraph/relibc'

try {
  collect([...platformHeaders, ...coreHeaders, ...textHeaders])
} catch (error) {
  process.stderr.write(`libs/relibc: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
