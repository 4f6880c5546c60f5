/** Before the long suites: the native tree of the compiler's packages, for those that may not open it themselves. */
import { NativeRoot } from './native-root.ts'

export async function setup(): Promise<void> {
  process.env.BOOTGRAPH_NATIVE_ROOT ??= (await NativeRoot.open()).folder
}
