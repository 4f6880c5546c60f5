/** Functions that toolchains import and the model does not have yet: a call is a recorded model gap and answers ENOSYS. */
import { type HeaderTable, leaf } from '../registry/define.ts'

const NAMES =
  'accept accept4 backtrace backtrace_symbols_fd bind connect daemon endmntent endpwent execlp freeaddrinfo gai_strerror getaddrinfo getgrgid_r getgrnam_r gethostbyname getmntent_r getpeername getpriority getpwent getpwnam getpwnam_r getpwuid getpwuid_r getsockname getsockopt hasmntopt inet_ntop listen posix_fallocate pthread_cancel pthread_setschedparam recv recvfrom recvmsg sbrk sched_setaffinity select send sendmsg sendto setgroups setmntent setpwent setsockopt shm_open shm_unlink shutdown signalfd sigwait socket socketpair splice sysinfo tcflush tcgetattr tcsetattr cfgetispeed cfgetospeed cfsetispeed cfsetospeed waitid __res_init __sched_cpucount __xmknod'.split(
    ' ',
  )

export const unmodelled: HeaderTable = {
  name: 'not modelled',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/idx/functions.html',
  rows: NAMES.map((name) =>
    leaf(name, 'long()', (c) => c.fail(38), 'missing', 'sockets, user database, terminals and the rest: not written yet'),
  ),
}
