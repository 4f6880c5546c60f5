const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenient = new TextDecoder('utf-8', { ignoreBOM: true })

/** The text of bytes that may name a file. What is not UTF-8 comes as lone surrogates, which the kernel knows from any name. */
export function decoded(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch {
    return lenient.decode(bytes).replaceAll('\ufffd', '\udc80')
  }
}
