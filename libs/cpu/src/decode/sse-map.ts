/**
 * SSE and SSE2 rows of the two-byte opcode map by mandatory prefix (SDM vol. 2, appendix A), in the notation of opcode-map.ts and:
 * V = xmm by ModRM.reg, W = xmm or memory, U = xmm by ModRM.r/m only; x = 128 bits, q = 64, d = 32.
 */
import type { Row } from './opcode-map.ts'

type Rows = Record<number, Row>
const NONE: Rows = {}
const OPERAND: Rows = {}
const REPEAT: Rows = {}
const REPNE: Rows = {}

/** By prefix: none, 66h, F3h, F2h. */
export const SSE: readonly Rows[] = [NONE, OPERAND, REPEAT, REPNE]

/** Float arithmetic has the same opcodes for packed and scalar, single and double. */
const FLOAT = { 0x51: 'sqrt', 0x58: 'add', 0x59: 'mul', 0x5c: 'sub', 0x5d: 'min', 0x5e: 'div', 0x5f: 'max' }
for (const [code, name] of Object.entries(FLOAT)) {
  NONE[Number(code)] = `${name}ps Vx,Wx`
  OPERAND[Number(code)] = `${name}pd Vx,Wx`
  REPEAT[Number(code)] = `${name}ss Vx,Wd`
  REPNE[Number(code)] = `${name}sd Vx,Wq`
}
for (const rows of [NONE, OPERAND]) {
  Object.assign(rows, {
    0x10: 'movups Vx,Wx',
    0x11: 'movups Wx,Vx',
    0x13: 'movlow Mq,Vx',
    0x17: 'movhigh Mq,Vx',
    0x28: 'movaps Vx,Wx',
    0x29: 'movaps Wx,Vx',
    0x2b: 'movaps Mx,Vx',
    0x54: 'pand Vx,Wx',
    0x55: 'pandn Vx,Wx',
    0x56: 'por Vx,Wx',
    0x57: 'pxor Vx,Wx',
  })
}
Object.assign(NONE, {
  0x12: 'movlow Vx,Wq',
  0x16: 'movhigh Vx,Wq',
  0x14: 'unpcklps Vx,Wx',
  0x15: 'unpckhps Vx,Wx',
  0x2e: 'ucomiss Vx,Wd',
  0x2f: 'ucomiss Vx,Wd',
  0x50: 'movmskps Gd,Ux',
  0x5a: 'cvtps2pd Vx,Wq',
  0xc2: 'cmpps Vx,Wx,Ib',
  0xc3: 'mov My,Gy',
  0x5b: 'cvtdq2ps Vx,Wx',
  0xc6: 'shufps Vx,Wx,Ib',
})
Object.assign(OPERAND, {
  0xae: ['fxsave M|', 'fxrstor M|', 'ldmxcsr Md|', 'stmxcsr Md|', '', '', 'unsupported M|unsupported', 'unsupported M|'],
  0x12: 'movlow Vx,Mq',
  0x16: 'movhigh Vx,Mq',
  0x14: 'punpcklqdq Vx,Wx',
  0x15: 'punpckhqdq Vx,Wx',
  0x2e: 'ucomisd Vx,Wq',
  0x2f: 'ucomisd Vx,Wq',
  0x50: 'movmskpd Gd,Ux',
  0x5a: 'cvtpd2ps Vx,Wx',
  0xc2: 'cmppd Vx,Wx,Ib',
  0xc4: 'pinsrw Vx,Ed,Ib',
  0xc5: 'pextrw Gd,Ux,Ib',
  0xe4: 'pmulhuw Vx,Wx',
  0xe5: 'pmulhw Vx,Wx',
  0xf4: 'pmuludq Vx,Wx',
  0xf6: 'psadbw Vx,Wx',
  0xf7: 'maskmovdqu Vx,Ux',
  0x5b: 'cvtps2dq Vx,Wx',
  0xe6: 'cvttpd2dq Vx,Wx',
  0x60: 'punpcklbw Vx,Wx',
  0x61: 'punpcklwd Vx,Wx',
  0x62: 'unpcklps Vx,Wx',
  0x63: 'packsswb Vx,Wx',
  0x64: 'pcmpgtb Vx,Wx',
  0x65: 'pcmpgtw Vx,Wx',
  0x66: 'pcmpgtd Vx,Wx',
  0x67: 'packuswb Vx,Wx',
  0x68: 'punpckhbw Vx,Wx',
  0x69: 'punpckhwd Vx,Wx',
  0x6a: 'unpckhps Vx,Wx',
  0x6b: 'packssdw Vx,Wx',
  0x6c: 'punpcklqdq Vx,Wx',
  0x6d: 'punpckhqdq Vx,Wx',
  0x6e: 'movd Vx,Ey',
  0x6f: 'movaps Vx,Wx',
  0x70: 'pshufd Vx,Wx,Ib',
  0x71: ['', '', 'psrlw Ux,Ib', '', 'psraw Ux,Ib', '', 'psllw Ux,Ib', ''],
  0x72: ['', '', 'psrld Ux,Ib', '', 'psrad Ux,Ib', '', 'pslld Ux,Ib', ''],
  0x73: ['', '', 'psrlq Ux,Ib', 'psrldq Ux,Ib', '', '', 'psllq Ux,Ib', 'pslldq Ux,Ib'],
  0x74: 'pcmpeqb Vx,Wx',
  0x75: 'pcmpeqw Vx,Wx',
  0x76: 'pcmpeqd Vx,Wx',
  0x7e: 'movd Ey,Vx',
  0x7f: 'movaps Wx,Vx',
  0xc6: 'shufpd Vx,Wx,Ib',
  0xd1: 'psrlw Vx,Wx',
  0xd2: 'psrld Vx,Wx',
  0xd3: 'psrlq Vx,Wx',
  0xd4: 'paddq Vx,Wx',
  0xd5: 'pmullw Vx,Wx',
  0xd6: 'movq Wq,Vx',
  0xd7: 'pmovmskb Gd,Ux',
  0xd8: 'psubusb Vx,Wx',
  0xd9: 'psubusw Vx,Wx',
  0xda: 'pminub Vx,Wx',
  0xdb: 'pand Vx,Wx',
  0xdc: 'paddusb Vx,Wx',
  0xdd: 'paddusw Vx,Wx',
  0xde: 'pmaxub Vx,Wx',
  0xdf: 'pandn Vx,Wx',
  0xe0: 'pavgb Vx,Wx',
  0xe1: 'psraw Vx,Wx',
  0xe2: 'psrad Vx,Wx',
  0xe3: 'pavgw Vx,Wx',
  0xe7: 'movaps Mx,Vx',
  0xe8: 'psubsb Vx,Wx',
  0xe9: 'psubsw Vx,Wx',
  0xea: 'pminsw Vx,Wx',
  0xeb: 'por Vx,Wx',
  0xec: 'paddsb Vx,Wx',
  0xed: 'paddsw Vx,Wx',
  0xee: 'pmaxsw Vx,Wx',
  0xef: 'pxor Vx,Wx',
  0xf1: 'psllw Vx,Wx',
  0xf2: 'pslld Vx,Wx',
  0xf3: 'psllq Vx,Wx',
  0xf5: 'pmaddwd Vx,Wx',
  0xf8: 'psubb Vx,Wx',
  0xf9: 'psubw Vx,Wx',
  0xfa: 'psubd Vx,Wx',
  0xfb: 'psubq Vx,Wx',
  0xfc: 'paddb Vx,Wx',
  0xfd: 'paddw Vx,Wx',
  0xfe: 'paddd Vx,Wx',
})
/** SSE3's. */
for (const [rows, codes] of [
  [OPERAND, [0x7c, 0x7d, 0xd0]],
  [REPEAT, [0x12, 0x16]],
  [REPNE, [0x12, 0x7c, 0x7d, 0xd0, 0xf0]],
] as const)
  for (const code of codes) rows[code] = 'unsupported Vx,Wx'
Object.assign(REPEAT, {
  0xae: ['', '', '', '', '', '', '', ''],
  0xb8: 'unsupported Ev',
  0xc7: ['', '', '', '', '', '', '', ''],
  0x10: 'movss Vx,Wd',
  0x11: 'movss Wd,Vx',
  0x2a: 'cvtsi2ss Vx,Ey',
  0x2c: 'cvttss2si Gy,Wd',
  0x2d: 'cvtss2si Gy,Wd',
  0x5b: 'cvttps2dq Vx,Wx',
  0xc2: 'cmpss Vx,Wd,Ib',
  0xe6: 'cvtdq2pd Vx,Wq',
  0x5a: 'cvtss2sd Vx,Wd',
  0x6f: 'movups Vx,Wx',
  0x70: 'pshufhw Vx,Wx,Ib',
  0x7e: 'movq Vx,Wq',
  0x7f: 'movups Wx,Vx',
})
Object.assign(REPNE, {
  0x10: 'movss Vx,Wq',
  0x11: 'movss Wq,Vx',
  0x2a: 'cvtsi2sd Vx,Ey',
  0x2c: 'cvttsd2si Gy,Wq',
  0x2d: 'cvtsd2si Gy,Wq',
  0xe6: 'cvtpd2dq Vx,Wx',
  0xc2: 'cmpsd Vx,Wq,Ib',
  0x5a: 'cvtsd2ss Vx,Wq',
  0x70: 'pshuflw Vx,Wx,Ib',
})
