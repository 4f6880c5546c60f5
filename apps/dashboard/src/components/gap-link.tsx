import { Link } from '@tanstack/react-router'
import type { Schema } from '../api/client.ts'
import { visible } from '../format.ts'
import { gapWords } from '../gap-words.ts'
import styles from './gap-link.module.css'

/** A gap in words, leading to its page. */
export function GapLink({ gap }: { gap: Schema['GapRef'] }) {
  const { truth, component, kind, name } = gap
  return (
    <Link to="/gaps/$truth/$component/$kind/$name" params={{ truth, component, kind, name }} className={styles.gap} data-truth={truth}>
      {visible(gapWords(gap))}
    </Link>
  )
}
