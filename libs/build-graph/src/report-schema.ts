/** The report of a run as a JSON Schema (2020-12): what `bootgraph run --report` writes, for programs that read it. */
import { COMPONENTS, FOUND, GAP_KINDS, type Gap, type GapOccurrence, TRUTHS } from './gap.ts'
import {
  END_REASONS,
  type Fault,
  LINKAGES,
  type LinkMapEntry,
  MODES,
  type NodeReport,
  PROGRAM_ABIS,
  REPORT_VERSION,
} from './node-contract.ts'

export interface Schema {
  readonly [key: string]: unknown
}

/** Every field of T has a schema; `optional` names those that may be absent. Others are not allowed. */
function object<T>(
  description: string,
  properties: { readonly [K in keyof Required<T>]: Schema },
  optional: readonly (keyof T)[] = [],
): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name as keyof T))
  return { description, type: 'object', properties, required, additionalProperties: false }
}
const text = (description: string): Schema => ({ description, type: 'string' })
const oneOf = (values: readonly string[], description: string): Schema => ({ description, enum: values })
const count = (description: string): Schema => ({ description, type: 'integer', minimum: 0 })
const listOf = (items: Schema, description: string): Schema => ({ description, type: 'array', items })
const byName = (value: Schema, description: string): Schema => ({ description, type: 'object', additionalProperties: value })
const amount: Schema = { type: 'number', minimum: 0 }
const DIGEST = '^[0-9a-f]{64}$'
const digest = (description: string): Schema => ({ description, type: 'string', pattern: DIGEST })

const occurrence = object<GapOccurrence>(
  'One place that met the gap, in one way.',
  {
    found: oneOf(FOUND, 'When: while compiling, linking, loading, by dlsym, or in a call.'),
    symbol: text('The name as asked for.'),
    module: text('Guest path of the object that asks.'),
    caller: text('Function in it, if known.'),
    count: { ...count('How often in this run.'), minimum: 1 },
    detail: text('More, in words.'),
    stack: listOf({ type: 'string' }, 'Call stack, innermost first: module!function+0xoffset.'),
  },
  ['caller', 'detail', 'stack'],
)

const gap = object<Gap>('Something that the run asked for and that was not there.', {
  truth: oneOf(
    TRUTHS,
    'upstream: Redox of that date lacks it. model: bootgraph lacks it. host-spelling: a name of the host whose plain name Redox has. host-only: an extension of the host.',
  ),
  component: oneOf(COMPONENTS, 'What would have to have it.'),
  kind: oneOf(GAP_KINDS, 'What is missing.'),
  name: text('The plain name.'),
  occurrences: { ...listOf(occurrence, 'Where and how often.'), minItems: 1 },
})

const exit = object<NodeReport['exit']>(
  'How the run ended.',
  {
    reason: oneOf(END_REASONS, 'Why.'),
    code: {
      description:
        "What `bootgraph run` exits with: the program's own code, 128 + signal, 124 for time, budget or a deadlock, 125 refused or a defect, 126 not executable or too large, 127 not found.",
      type: 'integer',
      minimum: 0,
      maximum: 255,
    },
    signal: { description: 'The signal that ended it.', type: 'integer', minimum: 1, maximum: 64 },
    fault: object<Fault>('What its own doing ended it at.', {
      rip: text('Address of the instruction, 0x and hexadecimal.'),
      address: text('Address that was asked for; of the instruction, where no memory was.'),
      stack: listOf(text('module!function+0xoffset, or module!0xplace.'), 'The calls under way, innermost first.'),
    }),
    message: text('One line for people.'),
  },
  ['signal', 'fault', 'message'],
)

const linkMapEntry = object<LinkMapEntry>('An object of the first program.', {
  path: text('Guest path.'),
  digest: digest('SHA-256 of its content.'),
  base: count('Load bias.'),
  origin: oneOf(['file', 'made'], 'A file of the tree, or made for this run (libc.so, a static image).'),
})

const measured = object<NodeReport['measured']>(
  'Everything that may differ between two equal runs; all else is the same.',
  {
    peakMemory: count("Resident bytes of the node's process, at most."),
    guestPages: count(
      'Pages of 4096 bytes of all processes together, with the files, pipes and sockets that the kernel keeps for them, at most at once.',
    ),
    time: byName(
      amount,
      'Milliseconds by phase, none of which is part of another: boot; load, by ld.so; link, of a static image; start, of programs up to their entry; ' +
        'translate, to WebAssembly; compile, of handlers and translations, as far as the host does it at once; run, all else of the guest; ' +
        "keep, for later runs. total: all of them; cpu: what all threads of the node's process computed.",
    ),
    counters: byName(amount, "The engine's own counters."),
    objects: listOf(
      object<NonNullable<NodeReport['measured']['objects']>[number]>('One object.', {
        path: text('Guest path.'),
        map: { ...amount, description: 'Mapping.' },
        bind: { ...amount, description: 'Relocating.' },
      }),
      'Milliseconds that ld.so spent on each object.',
    ),
  },
  ['objects'],
)

/** Fields of `NodeReport` and no others. */
export const REPORT_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:bootgraph:report:${REPORT_VERSION}`,
  title: 'bootgraph run report',
  ...object<NodeReport>(
    'What one run of one program in an emulated node came to.',
    {
      version: { description: 'It rises when a field goes away or changes its meaning.', const: REPORT_VERSION },
      image: digest('The node image that ran.'),
      exit,
      request: object<NodeReport['request']>('What was asked for.', {
        linkage: oneOf(LINKAGES, 'How the program itself was linked.'),
        surface: text('A date YYYY-MM-DD, latest, full, or the name of an imported surface.'),
        mode: oneOf(MODES, 'strict stops at the first missing thing, bridge records and serves it.'),
        abi: oneOf(PROGRAM_ABIS, "The program's ABI."),
        seed: count('Seed of time, randomness and scheduling.'),
      }),
      gaps: listOf(gap, 'What was missing, in the order of their keys.'),
      calls: byName(count('Calls.'), 'Calls of hosted C library functions, by name, of all processes.'),
      syscalls: byName(count('Calls.'), 'Raw system calls (the syscall instruction) by their names in the era, or their numbers.'),
      fuel: count('Taken back edges and calls, and one for each hosted call: the same in every engine.'),
      memory: object<NodeReport['memory']>('Guest memory.', {
        limit: count('Bytes that all processes together might hold, with the files, pipes and sockets that the kernel keeps for them.'),
        refusals: count('How often a mapping, or room for something that the kernel keeps, was refused for the limit.'),
      }),
      instructions: {
        description: 'Exact guest instructions, decimal, where asked for with --count: a repeated one once, a hosted call as one.',
        type: 'string',
        pattern: '^[0-9]+$',
      },
      linkMap: listOf(linkMapEntry, 'The objects of the first program in load order.'),
      measured,
    },
    ['instructions'],
  ),
}
