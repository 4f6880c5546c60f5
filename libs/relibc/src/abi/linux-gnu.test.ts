import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GuestMemory, Perm } from '@bootgraph/cpu'
import { describe, expect, it } from 'vitest'
import { linuxGnu } from './linux-gnu.ts'
import { SIZE, writeStat, writeStatFs, writeStatVfs, writeStatx } from './structs.ts'

const HEADERS =
  'dirent fcntl grp netdb poll pthread pwd semaphore signal stddef stdio sys/mman sys/resource sys/select sys/socket sys/stat sys/statfs sys/statvfs sys/sysinfo sys/time sys/un sys/utsname netinet/in termios time unistd'

const offsets = (struct: string, fields: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(fields).map(([field, at]) => [`offsetof(struct ${struct}, ${field})`, at])

const { pthread, sigaction, at, map } = linuxGnu

/** C expressions and what the model takes them for. */
const FACTS: readonly (readonly [string, number])[] = [
  ['sizeof(struct stat)', SIZE.stat],
  ...offsets('stat', { st_dev: 0, st_ino: 8, st_nlink: 16, st_mode: 24, st_uid: 28, st_gid: 32, st_rdev: 40, st_size: 48 }),
  ...offsets('stat', { st_blksize: 56, st_blocks: 64, st_atim: 72, st_mtim: 88, st_ctim: 104 }),
  ['sizeof(struct statx)', SIZE.statx],
  ...offsets('statx', { stx_mask: 0, stx_blksize: 4, stx_nlink: 16, stx_uid: 20, stx_gid: 24, stx_mode: 28, stx_ino: 32, stx_size: 40 }),
  ...offsets('statx', { stx_blocks: 48, stx_atime: 64, stx_btime: 80, stx_ctime: 96, stx_mtime: 112 }),
  ...offsets('statx', { stx_rdev_major: 128, stx_dev_major: 136, stx_dev_minor: 140 }),
  ['STATX_BASIC_STATS', 0x7ff],
  ['sizeof(struct timespec)', SIZE.timespec],
  ['sizeof(struct timeval)', SIZE.timeval],
  ['sizeof(struct dirent)', SIZE.dirent],
  ...offsets('dirent', { d_ino: 0, d_off: 8, d_reclen: 16, d_type: 18, d_name: 19 }),
  ['sizeof(struct statvfs)', SIZE.statvfs],
  ...offsets('statvfs', { f_bsize: 0, f_frsize: 8, f_blocks: 16, f_bfree: 24, f_bavail: 32, f_files: 40, f_ffree: 48, f_favail: 56 }),
  ...offsets('statvfs', { f_fsid: 64, f_flag: 72, f_namemax: 80 }),
  ['sizeof(struct statfs)', SIZE.statfs],
  ...offsets('statfs', { f_type: 0, f_bsize: 8, f_blocks: 16, f_bfree: 24, f_bavail: 32, f_files: 40, f_ffree: 48, f_fsid: 56 }),
  ...offsets('statfs', { f_namelen: 64, f_frsize: 72 }),
  ['sizeof(struct rlimit)', SIZE.rlimit],
  ['sizeof(struct rusage)', SIZE.rusage],
  ['sizeof(struct utsname)', SIZE.utsname],
  ['sizeof(struct sigaction)', sigaction.size],
  ...offsets('sigaction', { sa_handler: sigaction.handler, sa_mask: sigaction.mask, sa_flags: sigaction.flags }),
  ['offsetof(struct sigaction, sa_restorer)', sigaction.restorer],
  ['sizeof(struct passwd)', 48],
  ...offsets('passwd', { pw_passwd: 8, pw_uid: 16, pw_gid: 20, pw_gecos: 24, pw_dir: 32, pw_shell: 40 }),
  ['sizeof(struct group)', 32],
  ...offsets('group', { gr_passwd: 8, gr_gid: 16, gr_mem: 24 }),
  ['sizeof(struct termios)', 60],
  ...offsets('termios', { c_iflag: 0, c_cflag: 8, c_ispeed: 52, c_ospeed: 56 }),
  ['B57600', 0o10001],
  ['B4000000', 0o10017],
  ['sizeof(struct msghdr)', 56],
  ...offsets('msghdr', { msg_namelen: 8, msg_iov: 16, msg_iovlen: 24, msg_control: 32, msg_controllen: 40, msg_flags: 48 }),
  ['sizeof(struct sockaddr_un)', 110],
  ['sizeof(struct sockaddr_in)', 16],
  ['sizeof(struct sockaddr_in6)', 28],
  ...offsets('sockaddr_in', { sin_port: 2, sin_addr: 4 }),
  ...offsets('sockaddr_in6', { sin6_port: 2, sin6_addr: 8 }),
  ['AF_UNIX', 1],
  ['AF_INET', 2],
  ['AF_INET6', 10],
  ['SOL_SOCKET', 1],
  ['SO_ERROR', 4],
  ['SO_REUSEADDR', 2],
  ['SO_BROADCAST', 6],
  ['SO_SNDBUF', 7],
  ['SO_RCVBUF', 8],
  ['SO_KEEPALIVE', 9],
  ['SO_LINGER', 13],
  ['SO_REUSEPORT', 15],
  ['sizeof(fd_set)', 128],
  ['sizeof(struct flock)', 32],
  ...offsets('flock', { l_type: 0, l_whence: 2, l_start: 8, l_len: 16, l_pid: 24 }),
  ['F_GETLK', 5],
  ['F_SETLKW', 7],
  ['F_UNLCK', 2],
  ['sizeof(struct sysinfo)', 112],
  ...offsets('sysinfo', { uptime: 0, totalram: 32, freeram: 40, procs: 80, mem_unit: 104 }),
  ['sizeof(sem_t) >= 4', 1],
  ['sizeof(sigset_t)', linuxGnu.sigsetSize],
  ['sizeof(stack_t)', 24],
  ['offsetof(stack_t, ss_flags)', 8],
  ['offsetof(stack_t, ss_size)', 16],
  ['sizeof(struct pollfd)', 8],
  ...offsets('pollfd', { events: 4, revents: 6 }),
  ['sizeof(pthread_mutex_t)', pthread.mutex],
  ['offsetof(pthread_mutex_t, __data.__kind)', pthread.mutexKind],
  ['sizeof(pthread_cond_t)', pthread.cond],
  ['sizeof(pthread_rwlock_t)', pthread.rwlock],
  ['sizeof(pthread_barrier_t)', pthread.barrier],
  ['sizeof(pthread_attr_t)', pthread.attr],
  ['sizeof(pthread_mutexattr_t)', pthread.mutexattr],
  ['sizeof(pthread_condattr_t)', pthread.condattr],
  ['PTHREAD_MUTEX_RECURSIVE', pthread.kinds.recursive],
  ['PTHREAD_MUTEX_ERRORCHECK', pthread.kinds.errorcheck],
  ['PTHREAD_CREATE_DETACHED', pthread.createDetached],
  ['AT_SYMLINK_NOFOLLOW', at.nofollow],
  ['AT_REMOVEDIR', at.removedir],
  ['AT_SYMLINK_FOLLOW', at.follow],
  ['AT_EMPTY_PATH', at.emptyPath],
  ['MAP_SHARED', map.shared],
  ['MAP_FIXED', map.fixed],
  ['MAP_FIXED_NOREPLACE', map.noreplace],
  ['MAP_ANONYMOUS', map.anonymous],
  ['FD_CLOEXEC', linuxGnu.fdCloexec],
  ['SOCK_NONBLOCK', linuxGnu.socket.nonblock],
  ['SOCK_CLOEXEC', linuxGnu.socket.cloexec],
  ...(
    [
      ['O_CREAT', 0x200_0000],
      ['O_EXCL', 0x800_0000],
      ['O_TRUNC', 0x400_0000],
      ['O_APPEND', 0x8_0000],
      ['O_NONBLOCK', 0x4_0000],
      ['O_DIRECTORY', 0x1000_0000],
      ['O_NOFOLLOW', 0x8000_0000],
      ['O_CLOEXEC', 0x100_0000],
      ['O_PATH', 0x2000_0000],
    ] as const
  ).map(([name, redox]) => [name, linuxGnu.programFlags(redox)] as const),
]

/** Names of sysconf that the model answers, against their keys. */
const SYSCONF: readonly (readonly [string, string])[] = [
  ['_SC_ARG_MAX', 'arg-max'],
  ['_SC_CHILD_MAX', 'child-max'],
  ['_SC_CLK_TCK', 'clk-tck'],
  ['_SC_OPEN_MAX', 'open-max'],
  ['_SC_STREAM_MAX', 'stream-max'],
  ['_SC_VERSION', 'version'],
  ['_SC_PAGESIZE', 'page-size'],
  ['_SC_IOV_MAX', 'iov-max'],
  ['_SC_GETPW_R_SIZE_MAX', 'getpw-size'],
  ['_SC_GETGR_R_SIZE_MAX', 'getpw-size'],
  ['_SC_LOGIN_NAME_MAX', 'login-name-max'],
  ['_SC_NPROCESSORS_CONF', 'processors'],
  ['_SC_NPROCESSORS_ONLN', 'processors'],
  ['_SC_PHYS_PAGES', 'pages'],
  ['_SC_AVPHYS_PAGES', 'pages'],
  ['_SC_HOST_NAME_MAX', 'host-name-max'],
  ['_SC_NGROUPS_MAX', 'groups-max'],
  ['_SC_MINSIGSTKSZ', 'signal-stack-min'],
  ['_SC_SIGSTKSZ', 'signal-stack'],
]
const CLOCKS: readonly (readonly [string, string])[] = [
  ['CLOCK_REALTIME', 'realtime'],
  ['CLOCK_MONOTONIC', 'monotonic'],
  ['CLOCK_PROCESS_CPUTIME_ID', 'process'],
  ['CLOCK_THREAD_CPUTIME_ID', 'thread'],
  ['CLOCK_MONOTONIC_RAW', 'monotonic'],
  ['CLOCK_REALTIME_COARSE', 'realtime'],
  ['CLOCK_MONOTONIC_COARSE', 'monotonic'],
  ['CLOCK_BOOTTIME', 'monotonic'],
]

/** What the host's compiler makes of C expressions, in one program. */
function evaluate(expressions: readonly string[]): Map<string, number> {
  const dir = mkdtempSync(join(tmpdir(), 'relibc-abi-'))
  try {
    const includes = HEADERS.split(' ').map((name) => `#include <${name}.h>\n`)
    const prints = expressions.map((text) => `  printf("%lld\\n", (long long)(${text}));\n`)
    const source = join(dir, 'facts.c')
    writeFileSync(source, `#define _GNU_SOURCE\n${includes.join('')}int main(void) {\n${prints.join('')}  return 0;\n}\n`)
    execFileSync('cc', ['-o', join(dir, 'facts'), source])
    const lines = execFileSync(join(dir, 'facts'), { encoding: 'utf8' }).trim().split('\n')
    return new Map(expressions.map((text, i) => [text, Number(lines[i])]))
  } finally {
    rmSync(dir, { recursive: true })
  }
}

const compiler = spawnSync('cc', ['-dumpmachine'], { encoding: 'utf8' })
const usable = compiler.status === 0 && /^x86_64.*linux-gnu/.test(compiler.stdout)

describe.skipIf(!usable)(`glibc's own headers${usable ? '' : ' (skipped: no cc for x86_64 linux-gnu on this host)'}`, () => {
  it('give every layout and constant that the linux-gnu ABI says', () => {
    const native = evaluate([...FACTS, ...SYSCONF, ...CLOCKS].map(([text]) => text))
    for (const [text, value] of FACTS) expect.soft(value, text).toBe(native.get(text))
    for (const [name, key] of SYSCONF) expect.soft(linuxGnu.sysconf.get(native.get(name) ?? -1), name).toBe(key)
    for (const [name, clock] of CLOCKS) expect.soft(linuxGnu.clock(native.get(name) ?? -1), name).toBe(clock)
    expect(linuxGnu.sysconf.size).toBe(SYSCONF.length)
  })

  it('find every field where the writers put it', () => {
    const AT = 0x1_0000
    const stat = {
      dev: 0x102,
      ino: 2,
      mode: 3,
      nlink: 4,
      uid: 5,
      gid: 6,
      rdev: 7,
      size: 8,
      blksize: 9,
      blocks: 10,
      atime: 11_000_000_012n,
      mtime: 13_000_000_014n,
      ctime: 15_000_000_016n,
    }
    const fs = { bsize: 21, blocks: 22, bfree: 23, bavail: 24, files: 25, ffree: 26, namemax: 27 }
    const written = [
      ['stat', writeStat, stat, 'st_dev 258 st_ino 2 st_mode 3 st_nlink 4 st_uid 5 st_gid 6 st_rdev 7 st_size 8 st_blksize 9 st_blocks 10'],
      [
        'stat',
        writeStat,
        stat,
        'st_atim.tv_sec 11 st_atim.tv_nsec 12 st_mtim.tv_sec 13 st_mtim.tv_nsec 14 st_ctim.tv_sec 15 st_ctim.tv_nsec 16',
      ],
      ['statx', writeStatx, stat, 'stx_ino 2 stx_mode 3 stx_nlink 4 stx_uid 5 stx_gid 6 stx_size 8 stx_blksize 9 stx_blocks 10'],
      [
        'statx',
        writeStatx,
        stat,
        'stx_dev_major 1 stx_dev_minor 2 stx_rdev_major 0 stx_rdev_minor 7 stx_atime.tv_sec 11 stx_atime.tv_nsec 12',
      ],
      ['statx', writeStatx, stat, 'stx_mtime.tv_sec 13 stx_mtime.tv_nsec 14 stx_ctime.tv_sec 15 stx_ctime.tv_nsec 16'],
      ['statvfs', writeStatVfs, fs, 'f_bsize 21 f_frsize 21 f_blocks 22 f_bfree 23 f_bavail 24 f_files 25 f_ffree 26 f_namemax 27'],
      ['statfs', writeStatFs, fs, 'f_bsize 21 f_frsize 21 f_blocks 22 f_bfree 23 f_bavail 24 f_files 25 f_ffree 26 f_namelen 27'],
    ] as const
    const fields = written.map(([struct, , , text]) =>
      [...text.matchAll(/(\S+) (\d+)/g)].map(([, field, value]) => ({
        value: Number(value),
        at: `offsetof(struct ${struct}, ${field})`,
        size: `sizeof(((struct ${struct} *)0)->${field})`,
      })),
    )
    const native = evaluate(fields.flat().flatMap(({ at, size }) => [at, size]))
    const memory = new GuestMemory()
    memory.protect(AT, 4096, Perm.read | Perm.write)
    for (const [i, [, write, value]] of written.entries()) {
      memory.bytes(AT, 256).fill(0xff)
      ;(write as (memory: GuestMemory, at: number, value: unknown) => void)(memory, AT, value)
      for (const { at, size, value: wanted } of fields[i]) {
        const bytes = memory.bytes(AT + (native.get(at) ?? 0), native.get(size) ?? 0)
        expect
          .soft(
            bytes.reduceRight((sum, byte) => sum * 256 + byte, 0),
            at,
          )
          .toBe(wanted)
      }
    }
  })
})
