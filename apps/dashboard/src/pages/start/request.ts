/** The choices of the URL as a request; what is not chosen is left to the server. Pure. */
import type { Schema } from '../../api/client.ts'
import type { Search } from '../../search.ts'

type Choices = Search<'stage' | 'rungs' | 'linkage' | 'targetLinkage' | 'surface' | 'mode' | 'toolchain' | 'overlays'>

const LINKAGES = ['static', 'dynamic'] as const
const words = (text: string): string[] => text.split(',').filter((word) => word !== '')

/** `stage` is taken while the URL names none. A word that is none of a choice's is left out: the plan shows what is meant. */
export function requestOf(choices: Choices, stage: string): Schema['BuildRequest'] {
  const { rungs, linkage, targetLinkage, surface, mode, toolchain, overlays } = choices
  const named = LINKAGES.filter((word) => words(linkage ?? '').includes(word))
  const target = LINKAGES.find((word) => word === targetLinkage)
  return {
    stage: choices.stage ?? stage,
    ...(rungs && { rungs: words(rungs) }),
    ...(named.length > 0 && { linkage: named }),
    ...(target && { targetLinkage: target }),
    ...(surface && { surface }),
    ...((mode === 'strict' || mode === 'bridge') && { mode }),
    ...(toolchain && { toolchain }),
    ...(overlays && { overlays: overlays === 'none' ? [] : words(overlays) }),
  }
}
