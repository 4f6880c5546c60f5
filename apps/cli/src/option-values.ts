/** What options take, checked when they are read: a value that makes no sense is told before anything runs. */
import { InvalidArgumentError } from 'commander'

/** A whole number in decimal digits, no less than `least` and no more than `most`. */
export const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more, below 2^53` : `${least} to ${most}`
    throw new InvalidArgumentError(`Expected a whole number, ${range}.`)
  }

/** More seconds than a timer of the host counts to. */
const LONGEST = 2_000_000

export function seconds(text: string): number {
  const value = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && value <= LONGEST) return value
  throw new InvalidArgumentError(`Expected seconds, 0 to ${LONGEST}.`)
}

/** An absolute path in the node. */
export function guestPath(text: string): string {
  if (text.startsWith('/')) return text
  throw new InvalidArgumentError('Expected an absolute path in the node.')
}

/** Words of a list, joined by commas. */
export const oneOrMore =
  (choices: readonly string[]) =>
  (text: string): string[] => {
    const words = text.split(',')
    if (words.every((word) => choices.includes(word))) return words
    throw new InvalidArgumentError(`Expected ${choices.join(', ')}, joined by commas.`)
  }

export const collect = (text: string, before: string[]): string[] => [...before, text]
