/** Calls of library functions in words, for traces: what the signature says, and the texts that some arguments point at. */
import type { GuestMemory } from '@bootgraph/cpu'
import { type ArgumentText, address, errorName, quotedAt } from '@bootgraph/kernel'
import type { FunctionRow } from './define.ts'
import { parseSignature } from './marshal.ts'

/**
 * What pointers are, by position; the result's behind a colon: s = a string, w = bytes as many as the next argument says, r = as many as the
 * function gives, m = a mode that is there only with O_CREAT in the argument before, `.` = a plain value.
 */
const KINDS: readonly (readonly [kinds: string, names: string])[] = [
  [
    's',
    'creat stat lstat access eaccess chdir chmod chown lchown chroot mkdir rmdir unlink remove truncate readlink mkfifo opendir statvfs',
  ],
  [
    's',
    'statfs utime utimes lutimes pathconf system putenv unsetenv puts perror atoi atol atof strlen strnlen strdup strndup strchr strrchr',
  ],
  [
    's',
    'strchrnul strtol strtoul strtod strtof strtold printf vprintf dlopen getpwnam getgrnam shm_open shm_unlink memfd_create execv execve',
  ],
  ['s', 'execvp execl execlp execle mkstemp mkdtemp inet_addr inet_aton'],
  ['ss', 'rename link symlink fopen freopen popen strcmp strcasecmp strncmp strncasecmp strstr strcasestr strspn strcspn strpbrk setenv'],
  ['ss', 'fnmatch getaddrinfo setmntent'],
  ['.s', 'fstatat mkdirat unlinkat fchmodat fchownat readlinkat utimensat dlsym dlvsym fprintf vfprintf dprintf vdprintf strcpy strncpy'],
  ['.s', 'strcat strncat stpcpy strlcpy strlcat sprintf vsprintf setlocale statx pthread_setname_np regcomp __xstat __lxstat __printf_chk'],
  ['.s', 'posix_spawn posix_spawnp psignal'],
  ['..s', '__fprintf_chk snprintf vsnprintf __fxstatat strftime'],
  ['...s', '__sprintf_chk'],
  ['s..s', '__assert_fail'],
  ['.s.s', 'renameat linkat'],
  ['s.s', 'symlinkat'],
  ['.r', 'read pread recv __read_chk'],
  ['.w', 'write pwrite send'],
  ['s.m', 'open'],
  ['.s.m', 'openat'],
  ['s.', 'fputs'],
  ['s:s', 'getenv'],
  ['.:s', 'strerror gai_strerror'],
  ['..:s', 'getcwd'],
  ['s.:s', 'realpath'],
  [':s', 'dlerror'],
  ['...:s', 'fgets'],
]
export const TEXTS: Readonly<Record<string, string>> = Object.fromEntries(
  KINDS.flatMap(([kinds, names]) => names.split(' ').map((name) => [name, kinds])),
)
/** That of linux-gnu and that of Redox. */
const O_CREAT = 0x40 | 0x200_0000

const plain = new Map<string, { readonly result: string; readonly parameters: readonly string[] }>()
function signatureOf(row: FunctionRow): { readonly result: string; readonly parameters: readonly string[] } {
  let known = plain.get(row.signature)
  if (known === undefined) plain.set(row.signature, (known = parseSignature(row.signature)))
  return known
}

/** A string of the guest in quotes, or its address where there is none. */
function stringAt(memory: GuestMemory, at: number): string {
  const end = memory.cstrEnd(at)
  return end < 0 ? address(at) : quotedAt(memory, at, end - at)
}

function valueText(kind: string, value: unknown): string {
  if (kind === '...') return '…'
  if (kind === 'ptr' || kind === 'va_list') return address(Number(value))
  if (value instanceof Uint8Array)
    return [...value]
      .reverse()
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('')
  return String(value)
}

/** The arguments of a call, as `FunctionRow.signature` reads them. */
export function argumentTexts(row: FunctionRow, memory: GuestMemory, args: readonly unknown[]): ArgumentText[] {
  const { parameters } = signatureOf(row)
  const kinds = TEXTS[row.name] ?? ''
  return parameters.flatMap((parameter, i): ArgumentText | [] => {
    const value = args[i]
    if (kinds[i] === 'm') return Number(args[i - 1]) & O_CREAT ? `0${Number(value).toString(8)}` : []
    if (parameter !== 'ptr' || typeof value !== 'number') return valueText(parameter, value)
    if (kinds[i] === 's') return stringAt(memory, value)
    if (kinds[i] === 'w') return quotedAt(memory, value, Number(args[i + 1]))
    if (kinds[i] === 'r') return (result) => (result === undefined || result < 0 ? address(value) : quotedAt(memory, value, result))
    return address(value)
  })
}

/** The result; `errno` as the call set it. undefined for a function that gives nothing. */
export function callResult(row: FunctionRow, memory: GuestMemory, value: unknown, errno: number | undefined): string | undefined {
  const { result } = signatureOf(row)
  if (result === 'void') return undefined
  const wanted = TEXTS[row.name]?.split(':')[1]
  const given = value ?? 0
  const text = wanted === 's' && typeof given === 'number' && given !== 0 ? stringAt(memory, given) : valueText(result, given)
  return errno === undefined ? text : `${text} ${errorName(errno)}`
}
