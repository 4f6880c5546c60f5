/** Mutated copies of real files, and what must survive them: readers, both linkers, start code. Whatever a file holds, the answer is a value or an error. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeArchive, readArchive, readHeader, readSections, readSegments, readSymbols, Sht } from '../src/elf/index.ts'
import { Linker, linkStatic, planLink, readStaticImage, StaticProgram } from '../src/index.ts'
import { arrayPort, fileOf, finish } from './array-port.ts'

/** Thread storage in each form, copy, IFUNC, RELR, versions and both hash tables all appear in these. */
const LIBRARY = `int shared = 5; int *pointer = &shared; int table[3] = {1,2,3}; __thread int local = 42; int *address(void) { return &local; }
  static int real(void) { return 1; } static void *choose(void) { return real; } int chosen(void) __attribute__((ifunc("choose")));
  int (*by_ifunc)(void) = chosen; __attribute__((constructor)) void begin(void) { shared++; } void *__tls_get_addr(void *at) { return at; }`
const DESCRIPTOR = '__thread long described = 51; long *described_address(void) { return &described; }'
const PROGRAM = `extern int table[3], shared; int *address(void); long *described_address(void); __thread int mine = 7; int *tls(void) { return &mine; }
  void _start(void) { table[0] = shared; address(); tls(); described_address(); }`

const MEMORY = 40 << 20
/** Where the array port puts its first object, too. */
const BASE = 0x100_0000

export interface Originals {
  readonly library: Uint8Array
  readonly descriptor: Uint8Array
  readonly program: Uint8Array
  readonly object: Uint8Array
  readonly archive: Uint8Array
  /** The program and its libraries, linked statically. */
  readonly image: Uint8Array
}

export function originals(): Originals {
  const dir = mkdtempSync(join(tmpdir(), 'mutation-'))
  const gcc = (...args: string[]): void => void execFileSync('gcc', args, { cwd: dir, stdio: 'pipe' })
  for (const [name, text] of Object.entries({ 'l.c': LIBRARY, 'd.c': DESCRIPTOR, 'm.c': PROGRAM, 'v.map': 'V1 { global: *; };' }))
    writeFileSync(join(dir, name), text)
  gcc('-shared', '-fPIC', '-nostdlib', 'l.c', '-o', 'libl.so', '-Wl,--version-script=v.map,--hash-style=both,-z,pack-relative-relocs')
  gcc('-shared', '-fPIC', '-nostdlib', '-mtls-dialect=gnu2', 'd.c', '-o', 'libd.so')
  gcc('-nostdlib', '-pie', 'm.c', '-o', 'm', '-L.', '-ll', '-ld', '-Wl,--hash-style=sysv')
  gcc('-c', 'l.c', '-o', 'l.o')
  const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(dir, name)))
  const files = { library: read('libl.so'), descriptor: read('libd.so'), program: read('m'), object: read('l.o') }
  const linked = link({ ...files }, new Uint8Array(MEMORY))
  if (linked === undefined) throw new Error('the originals do not link')
  const archive = makeArchive(['l.o', 'an-object-with-a-rather-long-name.o'].map((name) => ({ name, bytes: files.object })))
  return { ...files, archive, image: linked }
}

/** A generator of its own, so that equal seeds give equal cases everywhere. */
export function generator(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 0x1_0000_0000) * below)
  }
}

const ODD = [0, 1, 0x7f, 0x80, 0xff]

/** Cuts one in twenty, then changes a few bytes. Padding is most of a file; only bytes with content, and their neighbours, decide anything. */
export function mutate(from: Uint8Array, random: (below: number) => number): Uint8Array {
  const bytes = from.slice(0, random(20) === 0 ? random(from.length) : from.length)
  for (let left = 1 + random(6), tries = 0; left > 0 && bytes.length > 0 && tries < 10_000; tries++) {
    const at = random(3) === 0 ? random(Math.min(1024, bytes.length)) : random(bytes.length)
    if (bytes[at] === 0 && bytes[at - 1] === 0 && random(50) !== 0) continue
    bytes[at] = random(2) === 0 ? ODD[random(ODD.length)] : random(256)
    left--
  }
  return bytes
}

type Linkable = Pick<Originals, 'library' | 'descriptor' | 'program'>
const filesOf = ({ library, descriptor, program }: Linkable) =>
  new Map([
    ['/lib/libl.so', fileOf('/lib/libl.so', library)],
    ['/lib/libd.so', fileOf('/lib/libd.so', descriptor)],
    ['/bin/m', fileOf('/bin/m', program)],
  ])
const SEARCH = { libraryPath: [], defaultDirectories: ['/lib'], providers: new Map() }

/** The static image of the files; undefined after errors. `memory` is all zero. */
function link(parts: Linkable, memory: Uint8Array): Uint8Array | undefined {
  const files = filesOf(parts)
  const plan = planLink({ open: (path) => files.get(path) }, files.get('/bin/m')!, { ...SEARCH, base: BASE })
  if (!plan.ok) return undefined
  const gateCode = (): Uint8Array => Uint8Array.of(0xc3)
  const view = new DataView(memory.buffer)
  const linked = linkStatic(plan.value, { memory: { u8: memory, view }, missing: ({ weak }) => (weak ? 'null' : 'gate'), gateCode })
  return linked.ok ? linked.value.bytes : undefined
}

/** What each kind of case runs; true if the file was accepted. */
export const TARGETS: Readonly<Record<string, (files: Originals, mutated: keyof Originals, memory: Uint8Array) => boolean>> = {
  'ELF reader': (files, mutated) => {
    const header = readHeader('f', files[mutated])
    if (!header.ok) return false
    const segments = readSegments('f', files[mutated], header.value)
    const sections = readSections('f', files[mutated], header.value)
    const symbols = sections.ok && readSymbols('f', files[mutated], sections.value, Sht.symtab)
    return segments.ok && sections.ok && symbols !== false && symbols.ok
  },
  'archive reader': ({ archive }) => readArchive('f', archive).ok,
  'dynamic linker': (files, _, memory) => {
    const byPath = filesOf(files)
    const port = arrayPort(memory, (path) => byPath.get(path))
    const linker = new Linker(port, { ...SEARCH, tcbSize: 4096, surplus: 1024, stackGuard: [1, 2] })
    if (!finish(linker.loadProgram('/bin/m')).ok) return false
    const thread = linker.tls.allocate()
    finish(linker.initialise([0, 0, 0]))
    for (const name of ['shared', 'local', 'chosen', 'nowhere']) finish(linker.dlsym(name, 'default', undefined, thread))
    for (const dso of linker.linkMap) linker.dladdr(dso.start + 0x1000)
    finish(linker.finalise())
    return true
  },
  'static linker': (files, _, memory) => link(files, memory) !== undefined,
  'start code of a static image': ({ image }, _, memory) => {
    const read = readStaticImage(fileOf('/bin/s', image))
    if (!read.ok) return false
    const port = arrayPort(memory, () => undefined)
    const program = new StaticProgram(port, read.value, { tcbSize: 4096, surplus: 0, stackGuard: [1, 2] })
    if (!program.map()) return false
    finish(program.bind())
    const thread = program.tls.allocate()
    if (thread !== undefined) program.tls.address(thread, 1, 0)
    finish(program.initialise([0, 0, 0]))
    program.addressOf('shared')
    finish(program.finalise())
    return true
  },
}

/** Which files a target takes mutated. */
const MUTATED: Readonly<Record<string, readonly (keyof Originals)[]>> = {
  'ELF reader': ['library', 'program', 'object', 'image'],
  'archive reader': ['archive'],
  'dynamic linker': ['library', 'descriptor', 'program'],
  'static linker': ['library', 'descriptor', 'program'],
  'start code of a static image': ['image'],
}

export interface MutationCounts {
  readonly accepted: number
  readonly refused: number
  /** Of one case, in milliseconds of CPU. */
  readonly longest: number
}

/** Runs `rounds` mutations of one target from `seed`; a host exception is rethrown with the round that raised it. */
export function surviveMutation(target: string, files: Originals, rounds: number, seed: number): MutationCounts {
  const memory = new Uint8Array(MEMORY)
  const random = generator(seed)
  let accepted = 0
  let longest = 0
  for (let round = 0; round < rounds; round++) {
    memory.fill(0)
    const which = MUTATED[target][random(MUTATED[target].length)]
    const mutated = { ...files, [which]: mutate(files[which], random) }
    const start = process.cpuUsage()
    try {
      if (TARGETS[target](mutated, which, memory)) accepted++
    } catch (error) {
      throw new Error(`${target}, seed ${seed}, round ${round}: ${error instanceof Error ? error.message : error}`, { cause: error })
    }
    const { user, system } = process.cpuUsage(start)
    longest = Math.max(longest, (user + system) / 1000)
  }
  return { accepted, refused: rounds - accepted, longest }
}
