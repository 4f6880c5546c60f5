import { GuestMemory, Perm } from '@bootgraph/cpu'
import { beforeEach, describe, expect, it } from 'vitest'
import { linuxGnu } from '../abi/linux-gnu.ts'
import type { LibcCall } from '../registry/call.ts'
import type { CoFn, FunctionRow, LeafFn } from '../registry/define.ts'
import { collect } from '../registry/registry.ts'
import { coreHeaders } from './core.ts'
import { platformHeaders } from './platform.ts'
import { classOf, classSize, LARGEST } from './stdlib/size-class.ts'

const OBJECTS = 0x2_0000
const DATA = 0x10_0000
const HEAP = 0x100_0000
const HOLE = 0x9000_0000
const rows = new Map([...collect(coreHeaders).functions].map(([name, bound]): [string, FunctionRow] => [name, bound.row]))

/** The rows over real guest memory; the kernel maps upwards and takes signals. */
function machine() {
  const memory = new GuestMemory()
  const signals: number[] = []
  let objectsEnd = OBJECTS
  let heapEnd = HEAP
  let errno = 0
  memory.protect(OBJECTS, 0x2_0000, Perm.read | Perm.write)
  memory.protect(DATA, 0x2_0000, Perm.read | Perm.write)
  const at = new Map<string, number>()
  for (const [name, row] of collect([...platformHeaders, ...coreHeaders]).objects) {
    objectsEnd = Math.ceil(objectsEnd / row.align) * row.align
    at.set(name, objectsEnd)
    if (row.data !== undefined) memory.u8.set(row.data, objectsEnd)
    objectsEnd += row.size
  }
  const c = {
    memory,
    abi: linuxGnu,
    storages: new Map(),
    cx: { tid: 1, threadPointer: DATA + 0x1_0000 },
    kernel: {
      mmap(_cx: unknown, _at: number, size: number) {
        const here = heapEnd
        memory.protect(here, size, Perm.read | Perm.write)
        heapEnd += Math.ceil(size / 4096) * 4096
        return here
      },
      munmap: (_cx: unknown, from: number, size: number) => memory.protect(from, size, 0),
      fault: () => void signals.push(11),
      tkill: (_cx: unknown, _tid: number, signal: number) => void signals.push(signal),
    },
    fail(code: number) {
      errno = code
      return -1
    },
    object: (name: string) => at.get(name) ?? 0,
    string: (from: number) => new TextDecoder().decode(memory.u8.subarray(from, memory.cstrEnd(from))),
    gap: () => {},
  } as unknown as LibcCall
  const call = (name: string, ...args: unknown[]): number => (rows.get(name)!.fn as LeafFn)(c, ...args) as number
  /** Runs a coroutine; guest calls are answered by `guest`. */
  const run = (name: string, guest: (fn: number, args: readonly number[]) => number, ...args: unknown[]): unknown => {
    const co = (rows.get(name)!.fn as CoFn)(c, ...args)
    for (let step = co.next(); ; ) {
      if (step.done) return step.value
      const { call: fn, args: given } = step.value as { call: number; args: readonly number[] }
      step = co.next(BigInt(guest(fn, given)))
    }
  }
  let textEnd = DATA
  const text = (value: string): number => {
    const bytes = new TextEncoder().encode(`${value}\0`)
    memory.u8.set(bytes, textEnd)
    textEnd += bytes.length
    return textEnd - bytes.length
  }
  return { c, memory, call, run, text, signals, errno: () => errno, string: (from: number) => c.string(from) }
}

let m: ReturnType<typeof machine>
beforeEach(() => {
  m = machine()
})

it('core and platform headers share no name', () => {
  expect(collect([...platformHeaders, ...coreHeaders]).functions.size).toBeGreaterThan(rows.size)
})

describe('string', () => {
  it('searches and compares as C says', () => {
    const hay = m.text('a,b;;Cde')
    expect(m.call('strlen', hay)).toBe(8)
    expect(m.call('strchr', hay, 0)).toBe(hay + 8)
    expect(m.call('strrchr', hay, 0x3b)).toBe(hay + 4)
    expect(m.call('strstr', hay, m.text(';C'))).toBe(hay + 4)
    expect(m.call('strcasestr', hay, m.text('cDE'))).toBe(hay + 5)
    expect(m.call('strcspn', hay, m.text(';'))).toBe(3)
    expect(m.call('strpbrk', hay, m.text('xyz'))).toBe(0)
    expect(Math.sign(m.call('strcmp', m.text('ab'), m.text('ac')))).toBe(-1)
    expect(Math.sign(m.call('memcmp', m.text('\u00ff'), m.text('a'), 1))).toBe(1)
    expect(m.call('strncasecmp', m.text('ABx'), m.text('aby'), 2)).toBe(0)
  })

  it('cuts tokens', () => {
    const line = m.text(';;a,b;')
    const set = m.text(',;')
    const save = DATA + 0x800
    const tokens = []
    for (let at = m.call('strtok_r', line, set, save); at !== 0; at = m.call('strtok_r', 0, set, save)) tokens.push(m.string(at))
    expect(tokens).toEqual(['a', 'b'])
  })

  it('copies, pads and appends; overlapping moves keep the bytes', () => {
    const to = DATA + 0x900
    expect(m.call('stpcpy', to, m.text('abc'))).toBe(to + 3)
    m.call('strncat', to, m.text('defg'), 2)
    expect(m.string(to)).toBe('abcde')
    m.call('memmove', to + 1, to, 5)
    expect(m.string(to)).toBe('aabcde')
    m.call('strncpy', to, m.text('z'), 4)
    expect([...m.memory.bytes(to, 5)]).toEqual([0x7a, 0, 0, 0, 0x64])
    expect(m.call('strlcpy', to, m.text('longer'), 4)).toBe(6)
    expect(m.string(Number(m.run('strdup', () => 0, to)))).toBe('lon')
  })

  it('answers bad pointers with SIGSEGV and overflow of a checked buffer with SIGABRT', () => {
    m.call('strlen', HOLE)
    m.call('memcpy', 0, DATA, 1)
    m.call('memcpy', DATA, 2 ** 63, 2 ** 62)
    m.call('strcmp', DATA, HOLE)
    m.call('strlen', 2 ** 40)
    expect(m.signals).toEqual([11, 11, 11, 11, 11])
    m.call('__strcpy_chk', DATA + 0x900, m.text('four'), 4)
    expect(m.signals.at(-1)).toBe(6)
    expect(m.memory.getU8(DATA + 0x900)).toBe(0)
  })
})

describe('malloc', () => {
  it('has classes that hold what is asked and waste at most a quarter', () => {
    for (let total = 9; total <= LARGEST; total += total < 2000 ? 1 : 777) {
      const size = classSize(classOf(total))
      expect(size >= total && size % 16 === 0 && size - total <= Math.max(15, total / 4), `${total}`).toBe(true)
    }
  })

  it('keeps contents of blocks apart through a random life', () => {
    let seed = 7
    const random = (below: number): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % below
    const live = new Map<number, { size: number; fill: number }>()
    for (let i = 0; i < 3000; i++) {
      const size = random(4) === 0 ? random(400_000) : random(300)
      const known = [...live.keys()]
      const victim = known[random(Math.max(1, known.length))]
      const check = (at: number, { size, fill }: { size: number; fill: number }): void => {
        expect(m.memory.bytes(at, size).every((byte) => byte === fill)).toBe(true)
      }
      if (victim !== undefined && (known.length > 40 || random(3) === 0)) {
        check(victim, live.get(victim)!)
        live.delete(victim)
        m.call('free', victim)
      } else {
        const at = random(4) === 0 ? m.call('aligned_alloc', 64 << random(6), size) : m.call('malloc', size)
        expect(at % 16).toBe(0)
        expect(m.call('malloc_usable_size', at)).toBeGreaterThanOrEqual(size)
        m.memory.bytes(at, size).fill(i & 0xff)
        live.set(at, { size, fill: i & 0xff })
      }
    }
    expect(m.signals).toEqual([])
  })

  it('zeroes, moves and refuses', () => {
    const dirty = m.call('malloc', 100)
    m.memory.bytes(dirty, 100).fill(9)
    m.call('free', dirty)
    const clean = m.call('calloc', 10, 10)
    expect(clean).toBe(dirty)
    expect(m.memory.bytes(clean, 100).every((byte) => byte === 0)).toBe(true)
    m.memory.setU8(clean + 99, 5)
    expect(m.memory.getU8(m.call('realloc', clean, 1_000_000) + 99)).toBe(5)
    expect(m.call('malloc', 2 ** 40)).toBe(0)
    expect(m.errno()).toBe(12)
    expect(m.call('calloc', 2 ** 40, 2 ** 40)).toBe(0)
    expect(m.call('posix_memalign', DATA, 24, 10)).toBe(22)
  })

  it('aborts on an address that is no block, and on freeing twice', () => {
    const at = m.call('malloc', 40)
    m.call('free', at)
    m.call('free', at)
    m.call('free', HOLE)
    m.call('free', DATA + 16)
    expect(m.signals).toEqual([6, 6, 6])
  })
})

describe('ctype', () => {
  it('answers through the tables as through the functions', () => {
    const table = m.memory.getSize(m.call('__ctype_b_loc'))
    const upper = m.memory.getSize(m.call('__ctype_toupper_loc'))
    for (let char = -128; char < 256; char++) {
      expect(m.memory.getU16(table + char * 2) & 0x400, `${char}`).toBe(m.call('isalpha', char))
      expect(m.memory.getU16(table + char * 2) & 0x4, `${char}`).toBe(m.call('ispunct', char))
      if (char >= -1) expect(m.memory.getI32(upper + char * 4)).toBe(m.call('toupper', char))
    }
    const members = (name: string): string =>
      Array.from({ length: 128 }, (_, i) => i)
        .filter((i) => m.call(name, i) !== 0)
        .map((i) => String.fromCharCode(i))
        .join('')
    expect(members('isxdigit')).toBe('0123456789ABCDEFabcdef')
    expect(members('isspace')).toBe('\t\n\v\f\r ')
    expect(members('ispunct')).toBe('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~')
  })
})

describe('numbers', () => {
  it.each([
    ['  -42x', 10, -42n, 5, 0],
    ['0x1fg', 0, 31n, 4, 0],
    ['0x', 16, 0n, 1, 0],
    ['077', 0, 63n, 3, 0],
    ['zz', 36, 1295n, 2, 0],
    ['none', 10, 0n, 0, 0],
    ['9223372036854775807', 10, 9223372036854775807n, 19, 0],
    ['9223372036854775808', 10, 9223372036854775807n, 19, 34],
    ['-9223372036854775809', 10, -9223372036854775808n, 20, 34],
    ['123456789012345678901234567890123456789012345678901234567890', 10, 9223372036854775807n, 60, 34],
  ])('strtol(%j, %i)', (text, base, value, used, errno) => {
    const at = m.text(text)
    const end = DATA + 0x8000
    expect(m.call('strtol', at, end, base)).toBe(value)
    expect(m.memory.getSize(end) - at).toBe(used)
    expect(m.errno()).toBe(errno)
  })

  it('strtoul wraps a negative number and caps a big one', () => {
    expect(m.call('strtoul', m.text('-1'), 0, 10)).toBe(0xffff_ffff_ffff_ffffn)
    expect(m.errno()).toBe(0)
    expect(m.call('strtoul', m.text('-18446744073709551616'), 0, 10)).toBe(0xffff_ffff_ffff_ffffn)
    expect(m.errno()).toBe(34)
    expect(m.call('div', -7, 2)).toBe(0xffff_ffff_ffff_fffdn)
  })
})

describe('environment', () => {
  it('sets, keeps, replaces and removes', () => {
    const get = (name: string): string | undefined => {
      const at = m.call('getenv', m.text(name))
      return at === 0 ? undefined : m.string(at)
    }
    for (let i = 0; i < 40; i++) expect(m.call('setenv', m.text(`N${i}`), m.text(`v${i}`), 1)).toBe(0)
    expect([get('N0'), get('N39'), get('N')]).toEqual(['v0', 'v39', undefined])
    m.call('setenv', m.text('N7'), m.text('kept?'), 0)
    m.call('putenv', m.text('N8=put'))
    m.call('unsetenv', m.text('N9'))
    expect([get('N7'), get('N8'), get('N9'), get('N10')]).toEqual(['v7', 'put', undefined, 'v10'])
    expect(m.call('setenv', m.text('a=b'), m.text(''), 1)).toBe(-1)
    expect(m.errno()).toBe(22)
    m.call('clearenv')
    expect(get('N0')).toBe(undefined)
  })
})

describe('callbacks', () => {
  it('sorts stably by what the guest compares, and finds', () => {
    const base = DATA + 0x4000
    const values = Array.from({ length: 101 }, (_, i) => (i * 37) % 10)
    values.forEach((value, i) => {
      m.memory.setU32(base + i * 8, value)
      m.memory.setU32(base + i * 8 + 4, i)
    })
    const compare = (_fn: number, [a, b]: readonly number[]): number => m.memory.getU32(a) - m.memory.getU32(b)
    m.run('qsort', compare, base, values.length, 8, 0x5000)
    const sorted = values.map((_, i) => [m.memory.getU32(base + i * 8), m.memory.getU32(base + i * 8 + 4)])
    expect(sorted).toEqual(values.map((value, i) => [value, i]).sort((a, b) => a[0] - b[0]))
    m.memory.setU32(DATA, 6)
    expect(m.memory.getU32(Number(m.run('bsearch', compare, DATA, base, values.length, 8, 0x5000)))).toBe(6)
    m.run('qsort', compare, HOLE, 10, 8, 0x5000)
    expect(m.signals).toEqual([11])
  })

  it('runs exit handlers last first, by object, with those that handlers add', () => {
    const ran: (readonly number[])[] = []
    const guest = (fn: number, [argument]: readonly number[]): number => {
      ran.push([fn, argument])
      if (fn === 0x300) m.call('__cxa_atexit', 0x400, 4, 0)
      return 0
    }
    m.call('__cxa_atexit', 0x100, 1, 0xa)
    m.call('__cxa_atexit', 0x200, 2, 0xb)
    m.call('__cxa_atexit', 0x300, 3, 0xa)
    m.run('__cxa_finalize', guest, 0xb)
    expect(ran).toEqual([[0x200, 2]])
    m.run('__cxa_finalize', guest, 0)
    expect(ran.slice(1)).toEqual([
      [0x300, 3],
      [0x400, 4],
      [0x100, 1],
    ])
  })
})

describe('errors and random numbers', () => {
  it('give the texts and the sequence that linux-gnu programs know', () => {
    expect(m.string(m.call('strerror', 2))).toBe('No such file or directory')
    expect(m.string(m.call('strerror', 999))).toBe('Unknown error 999')
    expect(m.call('__xpg_strerror_r', 2, DATA, 6)).toBe(34)
    expect(m.string(DATA)).toBe('No su')
    expect([m.call('rand'), m.call('rand'), m.call('rand')]).toEqual([1804289383, 846930886, 1681692777])
    m.call('srand', 42)
    expect([m.call('rand'), m.call('rand')]).toEqual([71876166, 708592740])
    m.memory.setU32(DATA, 7)
    expect(m.call('rand_r', DATA)).toBe(1187592820)
  })
})
