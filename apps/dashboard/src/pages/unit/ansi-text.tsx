import Anser from 'anser'
import { visible } from '../../format.ts'
import styles from './ansi-text.module.css'

/** Text with a terminal's colours (ECMA-48, SGR), as text nodes; `find` is marked wherever it stands, in any case. */
export function AnsiText({ text, find = '' }: { text: string; find?: string }) {
  return Anser.ansiToJson(text, { json: true, remove_empty: true, use_classes: true }).map(({ content, fg, bg, decorations }, index) => (
    <span
      // biome-ignore lint/suspicious/noArrayIndexKey: a piece of a line has no other identity than its place
      key={index}
      className={decorations.map((decoration) => styles[decoration] ?? '').join(' ') || undefined}
      data-fg={fg ?? undefined}
      data-bg={bg ?? undefined}
    >
      <Marked text={visible(content)} find={find} />
    </span>
  ))
}

function Marked({ text, find }: { text: string; find: string }) {
  if (find === '') return text
  const needle = find.toLowerCase()
  const pieces: React.ReactNode[] = []
  let from = 0
  for (let at = text.toLowerCase().indexOf(needle); at >= 0; at = text.toLowerCase().indexOf(needle, from)) {
    pieces.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + find.length)}</mark>)
    from = at + find.length
  }
  return (
    <>
      {pieces}
      {text.slice(from)}
    </>
  )
}
