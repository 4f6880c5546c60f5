/** The headers that reach the system, in the order in which the registry takes them. */
import type { HeaderTable } from '../registry/define.ts'
import { aio } from './aio/index.ts'
import { arpaInet } from './arpa_inet/index.ts'
import { clockHeader } from './clock/index.ts'
import { dirent } from './dirent/index.ts'
import { dlfcn } from './dlfcn/index.ts'
import { execinfo } from './execinfo/index.ts'
import { fcntlHeader } from './fcntl/index.ts'
import { ftsHeader } from './fts/index.ts'
import { mqueue } from './mqueue/index.ts'
import { netIf } from './net_if/index.ts'
import { netdb } from './netdb/index.ts'
import { netinetEther } from './netinet_ether/index.ts'
import { pollHeader } from './poll/index.ts'
import { processHeader } from './process/index.ts'
import { pthread } from './pthread/index.ts'
import { ptyHeader } from './pty/index.ts'
import { userDatabase } from './pwd/index.ts'
import { resolv } from './resolv/index.ts'
import { semaphore } from './semaphore/index.ts'
import { setjmp } from './setjmp/index.ts'
import { signalHeader } from './signal/index.ts'
import { spawnHeader } from './spawn/index.ts'
import { start } from './start/index.ts'
import { sysCapability } from './sys_capability/index.ts'
import { sysEpoll } from './sys_epoll/index.ts'
import { sysInotify } from './sys_inotify/index.ts'
import { sysIpc } from './sys_ipc/index.ts'
import { sysMman } from './sys_mman/index.ts'
import { sysPidfd } from './sys_pidfd/index.ts'
import { sysResource } from './sys_resource/index.ts'
import { sysSocket } from './sys_socket/index.ts'
import { sysStat } from './sys_stat/index.ts'
import { sysSysmacros } from './sys_sysmacros/index.ts'
import { sysTimex } from './sys_timex/index.ts'
import { sysXattr } from './sys_xattr/index.ts'
import { syslogHeader } from './syslog/index.ts'
import { system } from './system/index.ts'
import { termios } from './termios/index.ts'
import { threadsHeader } from './threads/index.ts'
import { timerHeader } from './timer/index.ts'
import { ttyent } from './ttyent/index.ts'
import { ucontext } from './ucontext/index.ts'
import { unistd } from './unistd/index.ts'
import { utmpx } from './utmpx/index.ts'

export const platformHeaders: readonly HeaderTable[] = [
  start,
  unistd,
  fcntlHeader,
  sysStat,
  sysMman,
  dirent,
  ftsHeader,
  pollHeader,
  sysEpoll,
  sysInotify,
  sysIpc,
  mqueue,
  sysPidfd,
  sysCapability,
  clockHeader,
  timerHeader,
  signalHeader,
  processHeader,
  spawnHeader,
  pthread,
  threadsHeader,
  semaphore,
  setjmp,
  ucontext,
  dlfcn,
  system,
  sysResource,
  syslogHeader,
  sysSocket,
  sysXattr,
  arpaInet,
  netdb,
  resolv,
  netIf,
  netinetEther,
  aio,
  sysTimex,
  sysSysmacros,
  ttyent,
  userDatabase,
  termios,
  ptyHeader,
  execinfo,
  utmpx,
]
