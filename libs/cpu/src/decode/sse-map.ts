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
const FLOAT = { 81: 'sqrt', 88: 'add', 89: 'mul', 92: 'sub', 93: 'min', 94: 'div', 95: 'max' }
for (const [code, name] of Object.entries(FLOAT)) {
  NONE[Number(code)] = `${name}ps Vx,Wx`
  OPERAND[Number(code)] = `${name}pd Vx,Wx`
  REPEAT[Number(code)] = `${name}ss Vx,Wd`
  REPNE[Number(code)] = `${name}sd Vx,Wq`
}
for (const rows of [NONE, OPERAND]) {
  Object.assign(rows, {
    16: 'movups Vx,Wx',
    17: 'movups Wx,Vx',
    19: 'movlow Mq,Vx',
    23: 'movhigh Mq,Vx',
    40: 'movaps Vx,Wx',
    41: 'movaps Wx,Vx',
    43: 'movaps Mx,Vx',
    84: 'pand Vx,Wx',
    85: 'pandn Vx,Wx',
    86: 'por Vx,Wx',
    87: 'pxor Vx,Wx',
  })
}
Object.assign(NONE, {
  18: 'movlow Vx,Wq',
  22: 'movhigh Vx,Wq',
  20: 'unpcklps Vx,Wx',
  21: 'unpckhps Vx,Wx',
  46: 'ucomiss Vx,Wd',
  47: 'comiss Vx,Wd',
  80: 'movmskps Gd,Ux',
  82: 'rsqrtps Vx,Wx',
  83: 'rcpps Vx,Wx',
  90: 'cvtps2pd Vx,Wq',
  194: 'cmpps Vx,Wx,Ib',
  195: 'mov My,Gy',
  91: 'cvtdq2ps Vx,Wx',
  198: 'shufps Vx,Wx,Ib',
})
Object.assign(OPERAND, {
  174: ['', '', '', '', '', '', 'unsupported M|', 'unsupported M|'],
  18: 'movlow Vx,Mq',
  22: 'movhigh Vx,Mq',
  20: 'punpcklqdq Vx,Wx',
  21: 'punpckhqdq Vx,Wx',
  46: 'ucomisd Vx,Wq',
  47: 'comisd Vx,Wq',
  80: 'movmskpd Gd,Ux',
  90: 'cvtpd2ps Vx,Wx',
  194: 'cmppd Vx,Wx,Ib',
  196: 'pinsrw Vx,Ed,Ib',
  197: 'pextrw Gd,Ux,Ib',
  228: 'pmulhuw Vx,Wx',
  229: 'pmulhw Vx,Wx',
  244: 'pmuludq Vx,Wx',
  246: 'psadbw Vx,Wx',
  247: 'maskmovdqu Vx,Ux',
  91: 'cvtps2dq Vx,Wx',
  230: 'cvttpd2dq Vx,Wx',
  96: 'punpcklbw Vx,Wx',
  97: 'punpcklwd Vx,Wx',
  98: 'unpcklps Vx,Wx',
  99: 'packsswb Vx,Wx',
  100: 'pcmpgtb Vx,Wx',
  101: 'pcmpgtw Vx,Wx',
  102: 'pcmpgtd Vx,Wx',
  103: 'packuswb Vx,Wx',
  104: 'punpckhbw Vx,Wx',
  105: 'punpckhwd Vx,Wx',
  106: 'unpckhps Vx,Wx',
  107: 'packssdw Vx,Wx',
  108: 'punpcklqdq Vx,Wx',
  109: 'punpckhqdq Vx,Wx',
  110: 'movd Vx,Ey',
  111: 'movaps Vx,Wx',
  112: 'pshufd Vx,Wx,Ib',
  113: ['', '', 'psrlw Ux,Ib', '', 'psraw Ux,Ib', '', 'psllw Ux,Ib', ''],
  114: ['', '', 'psrld Ux,Ib', '', 'psrad Ux,Ib', '', 'pslld Ux,Ib', ''],
  115: ['', '', 'psrlq Ux,Ib', 'psrldq Ux,Ib', '', '', 'psllq Ux,Ib', 'pslldq Ux,Ib'],
  116: 'pcmpeqb Vx,Wx',
  117: 'pcmpeqw Vx,Wx',
  118: 'pcmpeqd Vx,Wx',
  126: 'movd Ey,Vx',
  127: 'movaps Wx,Vx',
  198: 'shufpd Vx,Wx,Ib',
  209: 'psrlw Vx,Wx',
  210: 'psrld Vx,Wx',
  211: 'psrlq Vx,Wx',
  212: 'paddq Vx,Wx',
  213: 'pmullw Vx,Wx',
  214: 'movq Wq,Vx',
  215: 'pmovmskb Gd,Ux',
  216: 'psubusb Vx,Wx',
  217: 'psubusw Vx,Wx',
  218: 'pminub Vx,Wx',
  219: 'pand Vx,Wx',
  220: 'paddusb Vx,Wx',
  221: 'paddusw Vx,Wx',
  222: 'pmaxub Vx,Wx',
  223: 'pandn Vx,Wx',
  224: 'pavgb Vx,Wx',
  225: 'psraw Vx,Wx',
  226: 'psrad Vx,Wx',
  227: 'pavgw Vx,Wx',
  231: 'movaps Mx,Vx',
  232: 'psubsb Vx,Wx',
  233: 'psubsw Vx,Wx',
  234: 'pminsw Vx,Wx',
  235: 'por Vx,Wx',
  236: 'paddsb Vx,Wx',
  237: 'paddsw Vx,Wx',
  238: 'pmaxsw Vx,Wx',
  239: 'pxor Vx,Wx',
  241: 'psllw Vx,Wx',
  242: 'pslld Vx,Wx',
  243: 'psllq Vx,Wx',
  245: 'pmaddwd Vx,Wx',
  248: 'psubb Vx,Wx',
  249: 'psubw Vx,Wx',
  250: 'psubd Vx,Wx',
  251: 'psubq Vx,Wx',
  252: 'paddb Vx,Wx',
  253: 'paddw Vx,Wx',
  254: 'paddd Vx,Wx',
})
/** SSE3's. */
for (const [rows, codes] of [
  [OPERAND, [0x7c, 0x7d, 0xd0]],
  [REPEAT, [0x12, 0x16]],
  [REPNE, [0x12, 0x7c, 0x7d, 0xd0, 0xf0]],
] as const)
  for (const code of codes) rows[code] = 'unsupported Vx,Wx'
Object.assign(REPEAT, {
  174: ['', '', '', '', '', '', '', ''],
  184: 'unsupported Ev',
  199: ['', '', '', '', '', '', '', ''],
  16: 'movss Vx,Wd',
  17: 'movss Wd,Vx',
  42: 'cvtsi2ss Vx,Ey',
  44: 'cvttss2si Gy,Wd',
  45: 'cvtss2si Gy,Wd',
  82: 'rsqrtss Vx,Wd',
  83: 'rcpss Vx,Wd',
  91: 'cvttps2dq Vx,Wx',
  194: 'cmpss Vx,Wd,Ib',
  230: 'cvtdq2pd Vx,Wq',
  90: 'cvtss2sd Vx,Wd',
  111: 'movups Vx,Wx',
  112: 'pshufhw Vx,Wx,Ib',
  126: 'movq Vx,Wq',
  127: 'movups Wx,Vx',
})
Object.assign(REPNE, {
  16: 'movss Vx,Wq',
  17: 'movss Wq,Vx',
  42: 'cvtsi2sd Vx,Ey',
  44: 'cvttsd2si Gy,Wq',
  45: 'cvtsd2si Gy,Wq',
  230: 'cvtpd2dq Vx,Wx',
  194: 'cmpsd Vx,Wq,Ib',
  90: 'cvtsd2ss Vx,Wq',
  112: 'pshuflw Vx,Wx,Ib',
})
