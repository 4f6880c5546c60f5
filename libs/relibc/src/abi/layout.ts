/** Struct layouts, constants and flag values of one program ABI. */
export interface Abi {
  readonly name: 'linux-gnu' | 'redox'
}
