/** rustc drives ld.lld itself, so that no C compiler is needed. The C library is the sysroot's; libgcc comes from the toolchain's tree. */

const folders = (sysroot: string): string[] =>
  [sysroot, '/usr/lib/gcc/x86_64-linux-gnu/12', '/usr/lib/x86_64-linux-gnu'].flatMap((folder) => ['-L', `native=${folder}`])

/** For everything that is linked. libgcc_s names glibc's symbol versions, which our libc.so does not have. */
export const linkFlags = (sysroot: string): string[] => [
  ...['-C', 'linker-flavor=ld.lld', '-C', 'linker=ld.lld', '-C', 'link-arg=--allow-shlib-undefined'],
  ...folders(sysroot),
]

/** For programs besides: where they start, and who loads them. */
export const programFlags = (sysroot: string): string[] => [
  ...['crt1.o', 'crti.o', 'crtn.o'].flatMap((file) => ['-C', `link-arg=${sysroot}/${file}`]),
  ...['-C', 'link-arg=--dynamic-linker=/lib64/ld-linux-x86-64.so.2'],
]
