/** What came of the known units: most are good, two fail with gaps, one with a diagnostic. */
import type { Gap } from '@bootgraph/build-graph'

export interface KnownResult {
  readonly code: number
  readonly stderr: string
  readonly gaps: readonly Gap[]
}

const DLOPEN: Gap = {
  truth: 'upstream',
  component: 'ld-so',
  kind: 'dlopen-in-static-image',
  name: 'dlopen',
  occurrences: [
    {
      found: 'call',
      symbol: 'dlopen',
      module: '/usr/lib/x86_64-linux-gnu/librustc_driver.so',
      caller: 'libloading::os::unix::Library::open',
      count: 1,
      detail: 'dlopen("/work/libmacro.so", RTLD_LAZY)',
      stack: [
        '/usr/lib/x86_64-linux-gnu/librustc_driver.so!libloading::os::unix::Library::open+0x5a1',
        '/usr/lib/x86_64-linux-gnu/librustc_driver.so!rustc_metadata::creader::dlsym_proc_macros+0x88',
        '/usr/lib/x86_64-linux-gnu/librustc_driver.so!rustc_metadata::creader::CrateLoader::register_crate+0x1f0',
      ],
    },
  ],
}

const missing = (name: string): Gap => ({
  truth: 'upstream',
  component: 'relibc',
  kind: 'symbol-missing',
  name,
  occurrences: [{ found: 'link', symbol: name, module: '/work/libstd.so', count: 1 }],
})

const MODEL: Gap = {
  truth: 'model',
  component: 'kernel',
  kind: 'syscall',
  name: 'SYS_FUTIMENS',
  occurrences: [{ found: 'call', symbol: 'futimens', module: '/usr/bin/rustc', count: 3 }],
}

/** Names that only a build for the host asks for: one that Redox has under its plain name, and one that nobody has. */
const HOSTS: readonly Gap[] = [
  {
    truth: 'host-spelling',
    component: 'relibc',
    kind: 'symbol-missing',
    name: 'printf',
    occurrences: [{ found: 'link', symbol: '__printf_chk', module: '/usr/bin/rustc', count: 1 }],
  },
  {
    truth: 'host-only',
    component: 'relibc',
    kind: 'symbol-missing',
    name: '__gmon_start__',
    occurrences: [{ found: 'link', symbol: '__gmon_start__', module: '/usr/bin/rustc', count: 1 }],
  },
]

/** Lines of the long log; every thirty-seventh is an error in red. */
export const LONG_LOG_LINES = 5000
export const LONG_LOG_ERRORS = Math.ceil((LONG_LOG_LINES - 3) / 37)

/** What a guest may write: markup, a control that turns text around, and colours. */
const longLog = (): string =>
  `${Array.from({ length: LONG_LOG_LINES }, (_, index) => {
    if (index % 37 === 3) return `\u001b[1;31merror\u001b[0m: line ${index} cannot be read`
    if (index === 10) return '<img src=x onerror="globalThis.guestRan = true"><b>bold</b>'
    if (index === 12) return 'error: /work/libmacro.so: dlopen is not served'
    if (index === 11) return 'turned \u202eround'
    return index % 10 === 0 ? `\u001b[1;32m   Compiling\u001b[0m crate v1.0.${index}` : `plain line ${index}`
  }).join('\n')}\n`

const DIAGNOSTIC = `${JSON.stringify({
  $message_type: 'diagnostic',
  message: 'mismatched types',
  level: 'error',
  spans: [],
  children: [],
  rendered: '\u001b[1;31merror[E0308]\u001b[0m: mismatched types\n --> /src/addr2line/lib.rs:7:5\n',
})}\n`

const GOOD: KnownResult = { code: 0, stderr: '', gaps: [] }

/** By the id of the unit. */
export function resultOf(unit: string): KnownResult {
  if (unit.startsWith('static-procedural-macro')) return { code: 1, stderr: longLog(), gaps: [DLOPEN, MODEL, ...HOSTS] }
  if (/^static-libc-\d/.test(unit))
    return { code: 1, stderr: 'rust-lld: error: undefined symbol: socketpair\n', gaps: [missing('socketpair'), missing('pthread_atfork')] }
  if (/^static-addr2line-\d/.test(unit)) return { code: 1, stderr: DIAGNOSTIC, gaps: [] }
  if (unit.startsWith('dynamic-link-executable')) return { ...GOOD, gaps: [missing('pthread_atfork')] }
  return GOOD
}
