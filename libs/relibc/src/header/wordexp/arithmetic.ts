/** Values of `$((…))` as wordexp takes them: numbers, + - * / and parentheses. */

/** The value, or undefined where the text is none. */
export function sumOf(text: string): bigint | undefined {
  const tokens = text.match(/\d+|[^\s\d]/g) ?? []
  let at = 0
  const fail = (): never => {
    throw new SyntaxError(text)
  }
  const factor = (): bigint => {
    const token = tokens[at++] ?? fail()
    if (token === '-') return -factor()
    if (token === '+') return factor()
    if (token === '(') {
      const inner = sum()
      if (tokens[at++] !== ')') fail()
      return inner
    }
    return /^\d+$/.test(token) ? BigInt(/^0[0-7]+$/.test(token) ? `0o${token.slice(1)}` : token) : fail()
  }
  const product = (): bigint => {
    let left = factor()
    while (tokens[at] === '*' || tokens[at] === '/') {
      const times = tokens[at++] === '*'
      const right = factor()
      if (!times && right === 0n) fail()
      left = times ? left * right : left / right
    }
    return left
  }
  const sum = (): bigint => {
    let left = product()
    while (tokens[at] === '+' || tokens[at] === '-') left = tokens[at++] === '+' ? left + product() : left - product()
    return left
  }
  try {
    const value = tokens.length === 0 ? 0n : sum()
    return at === tokens.length ? BigInt.asIntN(64, value) : undefined
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined
    throw error
  }
}
