import styles from './command.module.css'
import { Copy } from './copy.tsx'
import { ScrollBox } from './scroll-box.tsx'

/** A command line as it would be typed, with its button; the first one of a page is what the key `c` copies. */
export function Command({ line, label = 'copy command' }: { line: string; label?: string }) {
  return (
    <div className={styles.command} data-copy-command>
      <ScrollBox label="command line">
        <span aria-hidden="true" className={styles.prompt}>
          $
        </span>
        {line}
      </ScrollBox>
      <Copy text={line} label={label} />
    </div>
  )
}
