/** The objects that a link puts around a program: crt0.o with `_start` (crt1.o to a build for Linux), crti.o and crtn.o around `.init`. */
import { makeObject } from '@bootgraph/ld-so/elf'

/** R_X86_64_GOTPCREL (psABI table 4.9): works in static, PIE and dynamic links alike. */
const GOTPCREL = 9

/** On entry rsp points at argc and rdx holds the loader's finaliser (psABI §3.4.1). The stack end goes on the stack as seventh argument. */
// biome-ignore format: one instruction per line
const START = Uint8Array.of(
  0x31, 0xed,                         //  0 xor ebp, ebp: the outermost frame
  0x49, 0x89, 0xd1,                   //  2 mov r9, rdx
  0x5e,                               //  5 pop rsi
  0x48, 0x89, 0xe2,                   //  6 mov rdx, rsp
  0x48, 0x83, 0xe4, 0xf0,             //  9 and rsp, -16
  0x50,                               // 13 push rax
  0x54,                               // 14 push rsp
  0x45, 0x31, 0xc0,                   // 15 xor r8d, r8d: no fini
  0x31, 0xc9,                         // 18 xor ecx, ecx: no init
  0x48, 0x8b, 0x3d, 0, 0, 0, 0,       // 20 mov rdi, [rip + main@GOT]
  0xff, 0x15, 0, 0, 0, 0,             // 27 call [rip + __libc_start_main@GOT]
  0xf4,                               // 33 hlt
)

/** The program interpreter of a dynamic executable (relibc config.mk, LD_SONAME). */
export const LD_SO = '/lib/ld64.so.1'

export function makeCrt(): Readonly<Record<'crt0.o' | 'crt1.o' | 'crti.o' | 'crtn.o', Uint8Array>> {
  const relocations = [
    { offset: 23, type: GOTPCREL, symbol: 'main', addend: -4 },
    { offset: 29, type: GOTPCREL, symbol: '__libc_start_main', addend: -4 },
  ]
  const init = (name: string, code: Uint8Array): Uint8Array =>
    makeObject({ functions: [{ name, code }], objects: [], codeSection: '.init' })
  const start = makeObject({ functions: [{ name: '_start', code: START, relocations }], objects: [] })
  return {
    'crt0.o': start,
    'crt1.o': start,
    // sub rsp, 8 … add rsp, 8; ret
    'crti.o': init('_init', Uint8Array.of(0x48, 0x83, 0xec, 0x08)),
    'crtn.o': init('__libc_init_end', Uint8Array.of(0x48, 0x83, 0xc4, 0x08, 0xc3)),
  }
}
