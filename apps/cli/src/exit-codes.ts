/** The exits of the command line, as shells and `timeout` use them. A signal's is 128 + its number. */
export const ExitCode = {
  ok: 0,
  /** The command ran and its answer is no: a failed rung, a difference, a demand that the surface lacks. */
  no: 1,
  /** Wrong usage or bad input; nothing was done. `run`, whose exit is its program's, exits with `defect` instead. */
  usage: 2,
  /** Time or budget used up. */
  limit: 124,
  /** bootgraph itself failed. */
  defect: 125,
  notExecutable: 126,
  notFound: 127,
} as const
