/** SHA-256 of a blob's content as 64 lower-case hex digits. */
export type Digest = string & { readonly __digest: true }

const HEX64 = /^[0-9a-f]{64}$/

export function isDigest(text: string): text is Digest {
  return HEX64.test(text)
}
/** First 12 digits, for people. */
export function short(digest: Digest): string {
  return digest.slice(0, 12)
}
