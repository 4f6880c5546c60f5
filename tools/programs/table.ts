/** What is known of the distribution's programs, as docs/programs/README.md shows it. */

export interface Outcome {
  readonly script: string
  readonly programs: readonly { readonly name: string; readonly version: string }[]
  readonly equal: boolean
  /** Of code, stdout, stderr and the names of files. */
  readonly differs: readonly string[]
  /** Why it differs, where that is known. */
  readonly why?: string
  /** Functions and behaviours that the model lacks and the script met. */
  readonly gaps: readonly string[]
  /** Wall time, which other work of the machine lengthens. */
  readonly seconds: { readonly node: number; readonly native: number }
}

const HEAD = `# Programs of the distribution

Made by \`npm run programs\` of the scripts in \`tools/programs/scripts\`: each runs in a node and natively, over the same tree of packages
(\`bootgraph toolchain install debian-programs\`; natively with the distribution's C library) and at the same paths. *Equal* means the same exit
code, the same bytes on standard output and standard error, and the same files left behind. Model gaps are what the script met and bootgraph's own
model lacks. Seconds are wall time on a machine that did other work, too.

The long suite runs the same scripts: \`npx vitest run -c vitest.full.config.ts tools/programs\`. \`programs.json\` has all this as data.

| script | packages | equal | model gaps met | node, native s |
|---|---|---|---|---|
`

export function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ script, programs, equal, differs, why, gaps, seconds }) => {
    const packages = programs.map(({ name, version }) => `${name} ${version}`).join(', ')
    const verdict = equal ? 'yes' : `no: ${why ?? differs.join(', ')}`
    return `| ${script} | ${packages} | ${verdict} | ${gaps.join(', ').replaceAll('|', '\\|')} | ${seconds.node}, ${seconds.native} |`
  })
  return `${HEAD}${rows.join('\n')}\n`
}
