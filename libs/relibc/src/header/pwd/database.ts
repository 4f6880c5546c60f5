/** /etc/passwd and /etc/group as lines of fields, read through the kernel at each look-up. */
import type { Co } from '@bootgraph/kernel'
import type { LibcCall } from '../../registry/call.ts'

const O_RDONLY_CLOEXEC = 0x1_0000 | 0x100_0000
const CHUNK = 4096

export interface User {
  readonly name: string
  readonly password: string
  readonly uid: number
  readonly gid: number
  readonly gecos: string
  readonly home: string
  readonly shell: string
}
export interface Group {
  readonly name: string
  readonly password: string
  readonly gid: number
  readonly members: readonly string[]
}

/** A whole file as text, or -errno. */
function* readText(c: LibcCall, path: string): Co<string | number> {
  const fd = yield* c.kernel.open(c.cx, path, O_RDONLY_CLOEXEC, 0)
  if (fd < 0) return fd
  const decoder = new TextDecoder()
  const chunk = new Uint8Array(CHUNK)
  let text = ''
  let got = yield* c.kernel.read(c.cx, fd, chunk)
  for (; got > 0; got = yield* c.kernel.read(c.cx, fd, chunk)) text += decoder.decode(chunk.subarray(0, got), { stream: true })
  yield* c.kernel.close(c.cx, fd)
  return got < 0 ? got : text
}

/** Redox's own files part fields by ';' and keep passwords elsewhere; those of other systems part them by ':'. */
function fieldsOf(line: string): readonly string[] {
  if (!line.includes(';')) return line.split(':')
  const [name = '', ...rest] = line.split(';')
  return [name, 'x', ...rest]
}

const number = (text: string | undefined): number | undefined => (text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined)

export function parseUsers(text: string): User[] {
  return text.split('\n').flatMap((line) => {
    const [name, password, uidText, gidText, gecos = '', home, shell = ''] = fieldsOf(line)
    const [uid, gid] = [number(uidText), number(gidText)]
    if (!name || password === undefined || uid === undefined || gid === undefined || home === undefined) return []
    return [{ name, password, uid, gid, gecos, home, shell }]
  })
}

export function parseGroups(text: string): Group[] {
  return text.split('\n').flatMap((line) => {
    const [name, password, gidText, list = ''] = fieldsOf(line)
    const gid = number(gidText)
    if (!name || password === undefined || gid === undefined) return []
    return [{ name, password, gid, members: list.split(',').filter((member) => member !== '') }]
  })
}

export function* users(c: LibcCall): Co<User[] | number> {
  const text = yield* readText(c, '/etc/passwd')
  return typeof text === 'number' ? text : parseUsers(text)
}

export function* groups(c: LibcCall): Co<Group[] | number> {
  const text = yield* readText(c, '/etc/group')
  return typeof text === 'number' ? text : parseGroups(text)
}
