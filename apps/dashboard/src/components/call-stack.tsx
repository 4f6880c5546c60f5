import { visible } from '../format.ts'
import styles from './call-stack.module.css'

/** Innermost first. A frame is `module!function+0xoffset` as the node reports it. */
export function CallStack({ frames }: { frames: readonly string[] }) {
  return (
    <ol className={styles.stack}>
      {frames.map((frame, index) => {
        const [, module = '', name = frame, offset = ''] = /^(.*?)!(.*?)(\+0x[0-9a-f]+)?$/.exec(frame) ?? []
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a frame has no other identity than its place
          <li key={index}>
            <span className="muted">{index}</span>
            <code title={frame}>
              {visible(name)}
              <span className="muted">{offset}</span>
            </code>
            <code className="muted">{visible(module.slice(module.lastIndexOf('/') + 1))}</code>
          </li>
        )
      })}
    </ol>
  )
}
