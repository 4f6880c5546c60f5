import { shortDigest } from '../format.ts'

/** A digest by its first twelve digits; the whole of it in the title and for the clipboard. */
export function Digest({ value }: { value: string }) {
  return <code title={value}>{shortDigest(value)}</code>
}
