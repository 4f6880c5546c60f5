/**
 * One square per state: told by its shape, its fill and its colour, each enough alone. Drawn once, shown beside words,
 * in the map of a build and in strips.
 */
import styles from './glyph.module.css'

export type Look = 'passed' | 'failed' | 'blocked' | 'running' | 'queued' | 'waiting' | 'cached' | 'cancelled' | 'none'

export const GLYPH_SIZE = 14

/** The shape alone, 14 × 14, for use inside an `svg`. */
export function GlyphShape({ look }: { look: Look }) {
  return (
    <g className={styles.glyph} data-look={look}>
      {SHAPES[look]}
    </g>
  )
}

export function Glyph({ look, size = GLYPH_SIZE }: { look: Look; size?: number }) {
  return (
    <svg className={styles.box} width={size} height={size} viewBox="0 0 14 14" aria-hidden="true">
      <GlyphShape look={look} />
    </svg>
  )
}

const solid = <rect className={styles.solid} x="0.5" y="0.5" width="13" height="13" rx="2" />

const SHAPES: Record<Look, React.ReactNode> = {
  passed: (
    <>
      {solid}
      <path className={styles.on} d="M3.5 7.3l2.4 2.4 4.6-5" />
    </>
  ),
  failed: (
    <>
      {solid}
      <path className={styles.on} d="M4 4l6 6M10 4l-6 6" />
    </>
  ),
  blocked: (
    <>
      <path className={styles.thin} d="M1 5.5L5.5 1M1 10L10 1M2 13.2L13.2 2M6 13.2L13.2 6M10 13.2L13.2 10" />
      <rect className={styles.line} x="1" y="1" width="12" height="12" rx="2" />
    </>
  ),
  running: (
    <>
      <rect className={styles.ring} x="1.25" y="1.25" width="11.5" height="11.5" rx="2" />
      <path className={styles.fill} d="M5.2 3.9v6.2l5-3.1z" />
    </>
  ),
  queued: (
    <>
      <rect className={styles.dotted} x="1" y="1" width="12" height="12" rx="2" />
      <path className={styles.line} d="M7 4v3.2l2.4 1.4" />
    </>
  ),
  waiting: (
    <>
      <rect className={styles.dotted} x="1" y="1" width="12" height="12" rx="2" />
      <path className={styles.fill} d="M3.6 6.3h1.4v1.4H3.6zM6.3 6.3h1.4v1.4H6.3zM9 6.3h1.4v1.4H9z" />
    </>
  ),
  cached: (
    <>
      <path className={styles.solid} d="M2.5.5H9L13.5 5v6.5a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2z" />
      <path className={styles.on} d="M3.8 6.2h5.4M3.8 9.4h6.4" />
    </>
  ),
  cancelled: (
    <>
      <circle className={styles.line} cx="7" cy="7" r="5.8" />
      <path className={styles.line} d="M3 11l8-8" />
    </>
  ),
  none: <path className={styles.ring} d="M3 7h8" />,
}
