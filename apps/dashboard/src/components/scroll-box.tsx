import type { ComponentProps } from 'react'

/** A named region that scrolls by itself, and therefore must be reachable by the keyboard. */
export function ScrollBox({ label, ...rest }: { label: string } & Omit<ComponentProps<'section'>, 'aria-label' | 'tabIndex'>) {
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is operated with the arrow keys
  return <section {...rest} aria-label={label} tabIndex={0} />
}
