/** A gap as Markdown, for an issue or a message. Pure. */
import type { Schema } from '../../api/client.ts'
import { count, noun } from '../../format.ts'
import { closes, gapWords, kindWord, use } from '../../gap-words.ts'

/** `url`: of its page. Names come from guests: as code, in which Markdown means nothing. */
export function gapMarkdown(gap: Schema['Gap'], url: string): string {
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['gap', `${gap.component}, ${kindWord(gap.kind)}, ${code(gap.name)}`],
    ['truth', gap.truth],
    ['state', gap.state],
    ['closes at', closes(gap)],
    ['holds up', `${noun(gap.blocks, 'unit')}, ${count(gap.freesAlone)} of them alone`],
    ['use', use(gap)],
    ['compiler', gap.linkages.join(', ')],
    ['rungs', gap.rungs.join(', ')],
    ['surfaces', gap.surfaces.join(', ')],
    ['seen', `${gap.firstSeen} to ${gap.lastSeen}`],
  ]
  const lines = facts.filter(([, value]) => value !== '').map(([name, value]) => `- ${name}: ${value}`)
  return [`**${gapWords({ ...gap, name: code(gap.name) })}**`, '', ...lines, '', `<${url}>`, ''].join('\n')
}

/** Fenced by one backtick more than the longest run inside (CommonMark 0.31, 6.1). */
function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length))
  const fence = '`'.repeat(longest + 1)
  const space = longest > 0 ? ' ' : ''
  return `${fence}${space}${text.replace(/\s+/g, ' ')}${space}${fence}`
}
