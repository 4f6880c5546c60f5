/** Instruction forms as text, made into machine code by GNU as. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SLOT } from './batch.ts'

/** The forms of the toolchain's code. VEX ones, which are behind cpuid, are left out. */
export const RUSTC_FORMS: readonly string[] = readFileSync(new URL('rustc-forms.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t')[0])
  .filter((form) => !/^v|\by\b/.test(form))

const REGISTERS: Readonly<Record<string, readonly string[]>> = {
  r64: ['rax', 'rdx', 'r9'],
  r32: ['eax', 'edx', 'r9d'],
  r16: ['ax', 'dx', 'r9w'],
  r8: ['al', 'dl', 'r9b'],
  r8h: ['ah', 'dh', 'bh'],
  x: ['xmm1', 'xmm10', 'xmm0'],
}
const MEMORY: Readonly<Record<string, string>> = { m8: 'byte', m16: 'word', m32: 'dword', m64: 'qword', m80: 'tbyte', m128: 'xmmword' }
const SHIFT = /^(shl|shr|sar|rol|ror|rcl|rcr|shld|shrd)$/

/** What GNU as takes for a form, in Intel's syntax. */
function assembly(form: string): string {
  const [, prefix = '', mnemonic, list = ''] = /^((?:rep|lock) )?(\S+) ?(.*)$/.exec(form)!
  // The register of a long nop is not written.
  const kinds = list === '' ? [] : list.split(', ').slice(0, mnemonic === 'nop' ? 1 : 3)
  const operands = kinds.map((kind, i) => {
    if (kind === 'imm') return '5'
    if (kind === 'rel') return '.+20'
    if (kind === 'agen') return '[rbx + rcx * 2 + 8]'
    if (kind === 'st')
      return i === (mnemonic.endsWith('p') && !mnemonic.startsWith('fcom') && !mnemonic.startsWith('fucom') ? 0 : kinds.length - 1)
        ? 'st(1)'
        : 'st'
    if (kind === 'r8' && i > 0 && i === kinds.length - 1 && SHIFT.test(mnemonic)) return 'cl'
    const [memory] = /^m\d+/.exec(kind) ?? []
    return memory === undefined ? REGISTERS[kind][i] : `${MEMORY[memory] === undefined ? '' : `${MEMORY[memory]} ptr `}[rbx + 16]`
  })
  return `${prefix}${mnemonic} ${operands.join(', ')}`
}

/** Each form's bytes, in order. */
export function assembleForms(forms: readonly string[]): Uint8Array[] {
  const folder = mkdtempSync(join(tmpdir(), 'forms-'))
  try {
    const [object, flat] = ['o', 'bin'].map((name) => join(folder, name))
    const lines = forms.map((form) => `${assembly(form)}\n.balign ${SLOT}, 0xcc`)
    execFileSync('as', ['--64', '-o', object, '-'], { input: `.intel_syntax noprefix\n${lines.join('\n')}\n` })
    execFileSync('objcopy', ['-O', 'binary', '-j', '.text', object, flat])
    const code = readFileSync(flat)
    return forms.map((_, i) => {
      const slot = code.subarray(i * SLOT, (i + 1) * SLOT)
      let length = SLOT
      while (slot[length - 1] === 0xcc) length--
      return slot.subarray(0, length)
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
