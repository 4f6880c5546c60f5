/** rustc drives ld.lld itself, so that no C compiler is needed. The C library is the sysroot's; libgcc comes from the toolchain's tree. */

const folders = (sysroot: string): string[] =>
  [sysroot, '/usr/lib/gcc/x86_64-linux-gnu/12', '/usr/lib/x86_64-linux-gnu'].flatMap((folder) => ['-L', `native=${folder}`])

/** For everything that is linked. libgcc_s names glibc's symbol versions, which our libc.so does not have. */
export const linkFlags = (sysroot: string): string[] => [
  ...['-C', 'linker-flavor=ld.lld', '-C', 'linker=ld.lld', '-C', 'link-arg=--allow-shlib-undefined'],
  ...folders(sysroot),
]

/** Who loads dynamic programs, by what they are for. */
export const Interpreter = { linux: '/lib64/ld-linux-x86-64.so.2', redox: '/lib/ld64.so.1' } as const

/** For programs besides: where they start, and who loads them; a static one needs nobody. */
export const programFlags = (sysroot: string, interpreter: string | undefined): string[] => [
  ...['crt1.o', 'crti.o', 'crtn.o'].flatMap((file) => ['-C', `link-arg=${sysroot}/${file}`]),
  ...(interpreter === undefined ? [] : ['-C', `link-arg=--dynamic-linker=${interpreter}`]),
]

/** Guest folder of `DYLIB_LINKER`. */
export const LINKER_FOLDER = '/linker'
const DYLIB_LINKER_NAME = 'lld-as-driver'

/**
 * The linker of dylibs. The distribution's rustc names their soname as a C compiler takes it (`-Wl,-soname=…`), whatever the linker's
 * flavour (its patch d-rustc-add-soname), and lld does not know `-Wl,`.
 */
export const DYLIB_LINKER: Readonly<Record<string, Uint8Array>> = {
  [DYLIB_LINKER_NAME]: new TextEncoder().encode(`#!/bin/sh
for argument do
  shift
  set -- "$@" "\${argument#-Wl,}"
done
exec ld.lld "$@"
`),
}

/** For dylibs besides; the last word about the linker holds. */
export const dylibFlags = (): string[] => ['-C', `linker=${LINKER_FOLDER}/${DYLIB_LINKER_NAME}`]
