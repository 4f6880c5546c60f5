import { X } from 'lucide-react'
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import styles from './dialog.module.css'

/** The platform's modal dialog: Escape closes, focus stays inside and returns. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  // Before the element is removed it is closed, so that the platform gives the focus back.
  useLayoutEffect(() => {
    const { current } = dialog
    if (current?.open === false) {
      current.showModal()
      // What it was opened for comes first, else its name; the platform would begin at the button that closes it.
      const first = current.querySelector<HTMLElement>('[role=combobox]') ?? current.querySelector('h2')
      first?.focus()
    }
    return () => current?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <div className={styles.head}>
        <h2 id={heading} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" className="plain" onClick={onClose} aria-label="Close">
          <X size={16} aria-hidden="true" />
        </button>
      </div>
      {children}
    </dialog>
  )
}
