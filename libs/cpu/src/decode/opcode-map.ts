/**
 * The opcode maps (Intel SDM vol. 2, appendix A), in its notation: E = ModRM r/m, G = ModRM reg, M = memory only,
 * I = immediate, J = relative target, O = absolute address, Z = register in the opcode's low bits, A = the accumulator, C = cl,
 * 1 = the constant one; X = an x87 instruction by opcode and ModRM;
 * b = 8 bits, w = 16, d = 32, q = 64, v = operand size, z = operand size but at most 32 bits, y = 32 or 64.
 * A row is 'mnemonic operands'; 'a|b' is a for memory and b for a register in ModRM; a list of eight is a group chosen by
 * ModRM.reg. '' is undefined, `unsupported` is what the hardware has and this room lacks.
 * 'cc' in a mnemonic stands for the condition in the opcode's low four bits.
 */
export type Row = string | readonly string[]

const ALU = ['add', 'or', 'adc', 'sbb', 'and', 'sub', 'xor', 'cmp'] as const
const SHIFT = ['rol', 'ror', 'rcl', 'rcr', 'shl', 'shr', 'shl', 'sar'] as const
const group = (names: readonly string[], operands: string): readonly string[] => names.map((name) => `${name} ${operands}`)

function oneByte(): (Row | undefined)[] {
  const map: (Row | undefined)[] = Array(256).fill(undefined)
  for (const [i, name] of ALU.entries()) {
    const forms = ['Eb,Gb', 'Ev,Gv', 'Gb,Eb', 'Gv,Ev', 'Ab,Ib', 'Av,Iz']
    for (const [j, form] of forms.entries()) map[i * 8 + j] = `${name} ${form}`
  }
  const rows: Readonly<Record<number, Row>> = {
    0x63: 'movsxd Gv,Ed',
    0x68: 'push Iz',
    0x69: 'imul Gv,Ev,Iz',
    0x6a: 'push Ib',
    0x6b: 'imul Gv,Ev,Ib',
    0x80: group(ALU, 'Eb,Ib'),
    0x81: group(ALU, 'Ev,Iz'),
    0x83: group(ALU, 'Ev,Ib'),
    0x84: 'test Eb,Gb',
    0x85: 'test Ev,Gv',
    0x86: 'xchg Eb,Gb',
    0x87: 'xchg Ev,Gv',
    0x88: 'mov Eb,Gb',
    0x89: 'mov Ev,Gv',
    0x8a: 'mov Gb,Eb',
    0x8b: 'mov Gv,Ev',
    0x8c: 'unsupported Ew',
    0x8d: 'lea Gv,M',
    0x8e: 'unsupported Ew',
    0x8f: ['pop Eq', '', '', '', '', '', '', ''],
    0x98: 'cbw',
    0x99: 'cwd',
    0x9b: 'nop',
    0x9c: 'pushf',
    0x9d: 'popf',
    0x9e: 'sahf',
    0x9f: 'lahf',
    0xa0: 'mov Ab,Ob',
    0xa1: 'mov Av,Ov',
    0xa2: 'mov Ob,Ab',
    0xa3: 'mov Ov,Av',
    0x6c: 'hlt',
    0x6d: 'hlt',
    0x6e: 'hlt',
    0x6f: 'hlt',
    0xa4: 'movs b',
    0xa5: 'movs v',
    0xa6: 'cmps b',
    0xa7: 'cmps v',
    0xa8: 'test Ab,Ib',
    0xa9: 'test Av,Iz',
    0xaa: 'stos b',
    0xab: 'stos v',
    0xac: 'lods b',
    0xad: 'lods v',
    0xae: 'scas b',
    0xaf: 'scas v',
    0xc0: group(SHIFT, 'Eb,Ib'),
    0xc1: group(SHIFT, 'Ev,Ib'),
    0xc2: 'ret Iw',
    0xc3: 'ret',
    0xc6: ['mov Eb,Ib', '', '', '', '', '', '', ''],
    0xc7: ['mov Ev,Iz', '', '', '', '', '', '', ''],
    0xc8: 'enter F',
    0xc9: 'leave',
    0xca: 'unsupported Iw',
    0xcb: 'unsupported',
    0xcc: 'int3',
    0xcd: 'int Ib',
    0xcf: 'unsupported',
    0xd7: 'xlat',
    0xd0: group(SHIFT, 'Eb,1'),
    0xd1: group(SHIFT, 'Ev,1'),
    0xd2: group(SHIFT, 'Eb,C'),
    0xd3: group(SHIFT, 'Ev,C'),
    0xe0: 'loopne Jb',
    0xe1: 'loope Jb',
    0xe2: 'loop Jb',
    0xe3: 'jrcxz Jb',
    0xe4: 'hlt Ib',
    0xe5: 'hlt Ib',
    0xe6: 'hlt Ib',
    0xe7: 'hlt Ib',
    0xec: 'hlt',
    0xed: 'hlt',
    0xee: 'hlt',
    0xef: 'hlt',
    0xe8: 'call J',
    0xe9: 'jmp J',
    0xeb: 'jmp Jb',
    0xf1: 'unsupported',
    0xf4: 'hlt',
    0xf5: 'cmc',
    0xf8: 'clc',
    0xf9: 'stc',
    0xfa: 'hlt',
    0xfb: 'hlt',
    0xfc: 'cld',
    0xfd: 'std',
    0xf6: ['test Eb,Ib', 'test Eb,Ib', 'not Eb', 'neg Eb', 'mul Eb', 'imul1 Eb', 'div Eb', 'idiv Eb'],
    0xf7: ['test Ev,Iz', 'test Ev,Iz', 'not Ev', 'neg Ev', 'mul Ev', 'imul1 Ev', 'div Ev', 'idiv Ev'],
    0xfe: ['inc Eb', 'dec Eb', '', '', '', '', '', ''],
    0xff: ['inc Ev', 'dec Ev', 'call Eq', 'unsupported M|', 'jmp Eq', 'unsupported M|', 'push Eq', ''],
  }
  for (const [code, row] of Object.entries(rows)) map[Number(code)] = row
  for (let code = 0xd8; code < 0xe0; code++) map[code] = 'x87 X'
  for (let r = 0; r < 8; r++) {
    map[0x50 + r] = 'push Zq'
    map[0x58 + r] = 'pop Zq'
    map[0x90 + r] = 'xchg Zv,Av'
    map[0xb0 + r] = 'mov Zb,Ib'
    map[0xb8 + r] = 'mov Zv,Iv'
  }
  for (let cc = 0; cc < 16; cc++) map[0x70 + cc] = 'jcc Jb'
  return map
}

function twoByte(): (Row | undefined)[] {
  const map: (Row | undefined)[] = Array(256).fill(undefined)
  const bits = ['', '', '', '', 'bt Ev,Ib', 'bts Ev,Ib', 'btr Ev,Ib', 'btc Ev,Ib']
  const rows: Readonly<Record<number, Row>> = {
    0x05: 'syscall',
    0x00: 'unsupported Ew',
    0x01: 'unsupported Ew',
    0x02: 'unsupported Ew',
    0x03: 'unsupported Ew',
    0x06: 'hlt',
    0x07: 'unsupported',
    0x08: 'hlt',
    0x09: 'hlt',
    0x0b: 'ud2',
    0x0d: 'nop M',
    0x18: 'nop Ev',
    0x19: 'nop Ev',
    0x1a: 'nop Ev',
    0x1b: 'nop Ev',
    0x1c: 'nop Ev',
    0x1d: 'nop Ev',
    0x1e: 'nop Ev',
    0x1f: 'nop Ev',
    0x20: 'hlt Eq',
    0x21: 'hlt Eq',
    0x22: 'hlt Eq',
    0x23: 'hlt Eq',
    0x30: 'hlt',
    0x31: 'rdtsc',
    0x32: 'hlt',
    0x33: 'hlt',
    0x34: 'unsupported',
    0x35: 'hlt',
    0x37: 'unsupported',
    0x38: 'unsupported',
    0x3a: 'unsupported',
    0x3f: 'gate K',
    0xa0: 'unsupported',
    0xa1: 'unsupported',
    0xa2: 'cpuid',
    0xa8: 'unsupported',
    0xa9: 'unsupported',
    0xa3: 'bt Ev,Gv',
    0xab: 'bts Ev,Gv',
    0xb3: 'btr Ev,Gv',
    0xbb: 'btc Ev,Gv',
    0xba: bits,
    0xa4: 'shld Ev,Gv,Ib',
    0xa5: 'shld Ev,Gv,C',
    0xac: 'shrd Ev,Gv,Ib',
    0xad: 'shrd Ev,Gv,C',
    0xae: ['fxsave M|', 'fxrstor M|', 'ldmxcsr Md|', 'stmxcsr Md|', '', '|nop', '|nop', 'clflush Mb|nop'],
    0xaf: 'imul Gv,Ev',
    0xb0: 'cmpxchg Eb,Gb',
    0xb1: 'cmpxchg Ev,Gv',
    0xb2: 'unsupported M|',
    0xb4: 'unsupported M|',
    0xb5: 'unsupported M|',
    0xb6: 'movzx Gv,Eb',
    0xb7: 'movzx Gv,Ew',
    0xb9: 'ud2',
    0xff: 'ud2',
    0xbc: 'bsf Gv,Ev',
    0xbd: 'bsr Gv,Ev',
    0xbe: 'movsx Gv,Eb',
    0xbf: 'movsx Gv,Ew',
    0xc0: 'xadd Eb,Gb',
    0xc1: 'xadd Ev,Gv',
    0xc7: ['', 'cmpxchg8b My|', '', '', '', '', '|unsupported', '|unsupported'],
  }
  for (const [code, row] of Object.entries(rows)) map[Number(code)] = row
  for (let cc = 0; cc < 16; cc++) {
    map[0x40 + cc] = 'cmovcc Gv,Ev'
    map[0x80 + cc] = 'jcc J'
    map[0x90 + cc] = 'setcc Eb'
  }
  for (let r = 0; r < 8; r++) map[0xc8 + r] = 'bswap Zy'
  return map
}

export const ONE_BYTE = oneByte()
export const TWO_BYTE = twoByte()
