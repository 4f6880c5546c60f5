import { ArrowUp, EqualApproximately, House, Wrench } from 'lucide-react'
import styles from './truth.module.css'

const TRUTHS = {
  upstream: { word: 'upstream', icon: ArrowUp, says: 'Redox of that date lacks it' },
  model: { word: 'model', icon: Wrench, says: 'bootgraph itself lacks it' },
  'host-spelling': { word: 'host spelling', icon: EqualApproximately, says: 'a name that only a build for glibc asks for' },
  'host-only': { word: 'host-only', icon: House, says: 'no plain name behind it and in no relibc' },
} as const

export type Truth = keyof typeof TRUTHS
export const TRUTH_NAMES = Object.keys(TRUTHS) as Truth[]

/** Whose gap it is, told by outline and word; the hue only helps. */
export function Truth({ kind }: { kind: Truth }) {
  const { word, icon: Icon, says } = TRUTHS[kind]
  return (
    <span className={styles.truth} data-kind={kind} title={says}>
      <Icon size={12} aria-hidden="true" />
      {word}
    </span>
  )
}
