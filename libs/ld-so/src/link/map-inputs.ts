/** Reads every input into memory at its place, as the dynamic linker maps it. */
import { mapDso } from '../dso.ts'
import { faultText } from '../elf/fault.ts'
import type { LoaderPort } from '../loader-port.ts'
import { Scope } from '../scope.ts'
import type { Link, LinkPlan, LinkPort } from './link.ts'
import { allAbilities } from './plan.ts'
import { StandIns } from './stand-ins.ts'

export function mapInputs(plan: LinkPlan, port: LinkPort): Link {
  const errors: string[] = []
  const fail = (message: string): void => void errors.push(message)
  const abilities = allAbilities()
  const standIns = new StandIns(plan.layout, port.memory)
  const missing = standIn(port, standIns)
  const link: Link = {
    plan,
    port,
    abilities,
    standIns,
    scope: new Scope({ port, abilities, missing, fail }),
    objects: [],
    indirect: [],
    relocationCounts: new Uint32Array(64),
    errors,
  }
  const room = port.memory.u8.length
  if (plan.layout.tables > room) fail(`the image ends at ${plan.layout.tables.toString(16)}, beyond the ${room} bytes to link in`)
  for (const input of errors.length > 0 ? [] : plan.inputs) {
    const mapped = mapDso(placed(port, input.start), input.file)
    if (mapped.ok) link.objects.push(mapped.value)
    else fail(faultText(mapped.error))
  }
  if (errors.length > 0) return link
  const objectOf = new Map(plan.inputs.map((input, i) => [input, link.objects[i]]))
  for (const [input, dso] of objectOf) dso.dependencies = input.dependencies.map((each) => objectOf.get(each) ?? dso)
  link.scope.global.push(...link.objects)
  return link
}

/** A port whose one free place is the planned one. */
const placed = ({ memory }: LinkPort, start: number): Pick<LoaderPort, 'memory' | 'reserve' | 'release'> => ({
  memory,
  reserve: () => start,
  release: () => {},
})

/** Answers a missing name by what the port wants to stand for it. */
const standIn =
  (port: LinkPort, standIns: StandIns): LoaderPort['missing'] =>
  (symbol) => {
    const kind = port.missing(symbol)
    if (kind === 'null' || kind === 'fail') return kind
    const { name, requester } = symbol
    standIns.asked.push({ name, requester })
    return (kind === 'gate' ? standIns.gate(name, port.gateCode(name)) : standIns.storage(name)) ?? 'fail'
  }
