/** How the compiler of a unit is linked, as its id says: `static-link-executable`, `std-dynamic-core-0.0.0`. Pure. */
export const linkageOf = (unit: string): 'static' | 'dynamic' | undefined =>
  /^(?:[a-z0-9]+-)?(static|dynamic)-/.exec(unit)?.[1] as 'static' | 'dynamic' | undefined
