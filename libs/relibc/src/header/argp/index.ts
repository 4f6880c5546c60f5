/** <argp.h>: command lines by description (GNU C library manual, Parsing Program Options with Argp). */
import { callback, type HeaderTable, object } from '../../registry/define.ts'
import { standard } from '../stdio/stream.ts'
import { Help, help } from './help.ts'
import { error, failure, stateHelp } from './messages.ts'
import { ownArgps } from './own.ts'
import { parse } from './parse.ts'
import { text } from './structs.ts'

/** EX_USAGE of sysexits.h. */
const USAGE = 64

export const argpHeader: HeaderTable = {
  name: 'argp',
  spec: 'https://www.gnu.org/software/libc/manual/html_node/Argp.html',
  rows: [
    ownArgps,
    object('argp_program_version', 8, 8),
    object('argp_program_version_hook', 8, 8),
    object('argp_program_bug_address', 8, 8),
    object('argp_err_exit_status', 4, 4, Uint8Array.of(USAGE, 0, 0, 0)),
    callback('argp_parse', 'int(ptr, int, ptr, uint, ptr, ptr)', parse),
    callback('argp_help', 'void(ptr, ptr, uint, ptr)', (c, argp: number, file: number, flags: number, name: number) =>
      help(c, argp, 0, file, flags, text(c, name) ?? ''),
    ),
    callback('argp_state_help', 'void(ptr, ptr, uint)', stateHelp),
    callback('argp_usage', 'void(ptr)', (c, state: number) =>
      stateHelp(c, state, standard(c, 'stderr'), Help.shortUsage | Help.see | Help.exitError),
    ),
    callback('argp_error', 'void(ptr, ptr, ...)', error),
    callback('argp_failure', 'void(ptr, int, int, ptr, ...)', failure),
  ],
}
