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
    99: 'movsxd Gv,Ez',
    104: 'push Iz',
    105: 'imul Gv,Ev,Iz',
    106: 'push Ib',
    107: 'imul Gv,Ev,Ib',
    128: group(ALU, 'Eb,Ib'),
    129: group(ALU, 'Ev,Iz'),
    131: group(ALU, 'Ev,Ib'),
    132: 'test Eb,Gb',
    133: 'test Ev,Gv',
    134: 'xchg Eb,Gb',
    135: 'xchg Ev,Gv',
    136: 'mov Eb,Gb',
    137: 'mov Ev,Gv',
    138: 'mov Gb,Eb',
    139: 'mov Gv,Ev',
    140: 'unsupported Ew',
    141: 'lea Gv,M',
    142: 'unsupported Ew',
    143: ['pop Eq', '', '', '', '', '', '', ''],
    152: 'cbw',
    153: 'cwd',
    155: 'fwait',
    156: 'pushf',
    157: 'popf',
    158: 'sahf',
    159: 'lahf',
    160: 'mov Ab,Ob',
    161: 'mov Av,Ov',
    162: 'mov Ob,Ab',
    163: 'mov Ov,Av',
    108: 'hlt',
    109: 'hlt',
    110: 'hlt',
    111: 'hlt',
    164: 'movs b',
    165: 'movs v',
    166: 'cmps b',
    167: 'cmps v',
    168: 'test Ab,Ib',
    169: 'test Av,Iz',
    170: 'stos b',
    171: 'stos v',
    172: 'lods b',
    173: 'lods v',
    174: 'scas b',
    175: 'scas v',
    192: group(SHIFT, 'Eb,Ib'),
    193: group(SHIFT, 'Ev,Ib'),
    194: 'ret Iw',
    195: 'ret',
    198: ['mov Eb,Ib', '', '', '', '', '', '', ''],
    199: ['mov Ev,Iz', '', '', '', '', '', '', ''],
    200: 'enter F',
    201: 'leave',
    202: 'unsupported Iw',
    203: 'unsupported',
    204: 'int3',
    205: 'int Ib',
    207: 'unsupported',
    215: 'xlat',
    208: group(SHIFT, 'Eb,1'),
    209: group(SHIFT, 'Ev,1'),
    210: group(SHIFT, 'Eb,C'),
    211: group(SHIFT, 'Ev,C'),
    224: 'loopne Jb',
    225: 'loope Jb',
    226: 'loop Jb',
    227: 'jrcxz Jb',
    228: 'hlt Ib',
    229: 'hlt Ib',
    230: 'hlt Ib',
    231: 'hlt Ib',
    236: 'hlt',
    237: 'hlt',
    238: 'hlt',
    239: 'hlt',
    232: 'call J',
    233: 'jmp J',
    235: 'jmp Jb',
    241: 'unsupported',
    244: 'hlt',
    245: 'cmc',
    248: 'clc',
    249: 'stc',
    250: 'hlt',
    251: 'hlt',
    252: 'cld',
    253: 'std',
    246: ['test Eb,Ib', 'test Eb,Ib', 'not Eb', 'neg Eb', 'mul Eb', 'imul1 Eb', 'div Eb', 'idiv Eb'],
    247: ['test Ev,Iz', 'test Ev,Iz', 'not Ev', 'neg Ev', 'mul Ev', 'imul1 Ev', 'div Ev', 'idiv Ev'],
    254: ['inc Eb', 'dec Eb', '', '', '', '', '', ''],
    255: ['inc Ev', 'dec Ev', 'call Eq', 'unsupported M|', 'jmp Eq', 'unsupported M|', 'push Eq', ''],
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
    5: 'syscall',
    0: 'unsupported Ew',
    1: 'unsupported Ew',
    2: 'unsupported Ew',
    3: 'unsupported Ew',
    6: 'hlt',
    7: 'unsupported',
    8: 'hlt',
    9: 'hlt',
    11: 'ud2',
    13: 'nop M',
    24: 'nop Ev',
    25: 'nop Ev',
    26: 'nop Ev',
    27: 'nop Ev',
    28: 'nop Ev',
    29: 'nop Ev',
    30: 'nop Ev',
    31: 'nop Ev',
    32: 'hlt Eq',
    33: 'hlt Eq',
    34: 'hlt Eq',
    35: 'hlt Eq',
    48: 'hlt',
    49: 'rdtsc',
    50: 'hlt',
    51: 'hlt',
    52: 'unsupported',
    53: 'hlt',
    55: 'unsupported',
    56: 'unsupported',
    58: 'unsupported',
    63: 'gate K',
    160: 'unsupported',
    161: 'unsupported',
    162: 'cpuid',
    168: 'unsupported',
    169: 'unsupported',
    163: 'bt Ev,Gv',
    171: 'bts Ev,Gv',
    179: 'btr Ev,Gv',
    187: 'btc Ev,Gv',
    186: bits,
    164: 'shld Ev,Gv,Ib',
    165: 'shld Ev,Gv,C',
    172: 'shrd Ev,Gv,Ib',
    173: 'shrd Ev,Gv,C',
    174: ['fxsave M|', 'fxrstor M|', 'ldmxcsr Md|', 'stmxcsr Md|', '', '|nop', '|nop', 'clflush Mb|nop'],
    175: 'imul Gv,Ev',
    176: 'cmpxchg Eb,Gb',
    177: 'cmpxchg Ev,Gv',
    178: 'unsupported M|',
    180: 'unsupported M|',
    181: 'unsupported M|',
    182: 'movzx Gv,Eb',
    183: 'movzx Gv,Ew',
    185: 'ud2',
    255: 'ud2',
    188: 'bsf Gv,Ev',
    189: 'bsr Gv,Ev',
    190: 'movsx Gv,Eb',
    191: 'movsx Gv,Ew',
    192: 'xadd Eb,Gb',
    193: 'xadd Ev,Gv',
    199: ['', 'cmpxchg8b My|', '', '', '', '', '|unsupported', '|unsupported'],
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
