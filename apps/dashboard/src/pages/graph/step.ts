/** Arrow keys in a field of squares: along the row by order, to other rows by place. True if the focus moved. */
export function step(box: HTMLElement, from: HTMLElement, key: string): boolean {
  const squares = [...box.querySelectorAll<HTMLElement>('[data-index]')]
  const at = squares.indexOf(from)
  if (at < 0) return false
  const next =
    key === 'ArrowRight'
      ? squares[at + 1]
      : key === 'ArrowLeft'
        ? squares[at - 1]
        : key === 'Home'
          ? squares[0]
          : key === 'End'
            ? squares.at(-1)
            : key === 'ArrowDown' || key === 'ArrowUp'
              ? vertical(squares, from, key === 'ArrowDown' ? 1 : -1)
              : undefined
  next?.focus()
  return next !== undefined
}

/** The nearest square of the next row that has any. */
function vertical(squares: readonly HTMLElement[], from: HTMLElement, sign: 1 | -1): HTMLElement | undefined {
  const here = from.getBoundingClientRect()
  let [best, least]: [HTMLElement | undefined, number] = [undefined, Number.POSITIVE_INFINITY]
  for (const square of squares) {
    const { left, top } = square.getBoundingClientRect()
    const down = sign * (top - here.top)
    if (down < 4) continue
    // A row further away always loses against a nearer one.
    const distance = down * 10_000 + Math.abs(left - here.left)
    if (distance < least) [best, least] = [square, distance]
  }
  return best
}
