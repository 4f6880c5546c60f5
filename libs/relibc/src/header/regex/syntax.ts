/** What a pattern's characters mean, by bits: reg_syntax_t of GNU's regex.h, of which POSIX's two kinds are two values. */

export const Syntax = {
  backslashInLists: 1 << 0,
  bkPlusQm: 1 << 1,
  charClasses: 1 << 2,
  contextIndepAnchors: 1 << 3,
  contextIndepOps: 1 << 4,
  contextInvalidOps: 1 << 5,
  dotNewline: 1 << 6,
  dotNotNull: 1 << 7,
  hatListsNotNewline: 1 << 8,
  intervals: 1 << 9,
  limitedOps: 1 << 10,
  newlineAlt: 1 << 11,
  noBkBraces: 1 << 12,
  noBkParens: 1 << 13,
  noBkRefs: 1 << 14,
  noBkVbar: 1 << 15,
  noEmptyRanges: 1 << 16,
  unmatchedRightParenOrd: 1 << 17,
  noGnuOps: 1 << 19,
  invalidIntervalOrd: 1 << 21,
  fold: 1 << 22,
  /** Of the moment, not of the pattern: a `^` here is an anchor. */
  caretAnchorsHere: 1 << 23,
  contextInvalidDup: 1 << 24,
  noSub: 1 << 25,
} as const

const POSIX = Syntax.charClasses | Syntax.dotNewline | Syntax.dotNotNull | Syntax.intervals | Syntax.noEmptyRanges

export const POSIX_BASIC = POSIX | Syntax.bkPlusQm | Syntax.contextInvalidDup
export const POSIX_EXTENDED =
  POSIX |
  Syntax.contextIndepAnchors |
  Syntax.contextIndepOps |
  Syntax.noBkBraces |
  Syntax.noBkParens |
  Syntax.noBkVbar |
  Syntax.contextInvalidOps |
  Syntax.unmatchedRightParenOrd
