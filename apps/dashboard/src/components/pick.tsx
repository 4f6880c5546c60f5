import { type Option, Select, type SelectProps } from './select.tsx'

/** A filter by one of a few values; the first choice is none. */
export function Pick({
  options,
  any = 'all',
  ...rest
}: Omit<SelectProps, 'options' | 'className'> & { options: readonly (string | Option)[]; any?: string | undefined }) {
  const named = options.map((option) => (typeof option === 'string' ? { value: option, word: option } : option))
  return <Select {...rest} className="row" options={[{ value: '', word: any }, ...named]} />
}
