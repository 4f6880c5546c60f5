/** Functions in which a thread that was cancelled ends (POSIX XSH 2.9.5.2), as far as the library has them. */
export const CANCELLATION_POINTS: ReadonlySet<string> = new Set(
  `accept accept4 clock_nanosleep close connect creat fcntl fdatasync fsync mq_receive mq_send mq_timedreceive mq_timedsend msync nanosleep open openat pause poll ppoll pread pselect
   pthread_cond_clockwait pthread_cond_timedwait pthread_cond_wait pthread_join pthread_testcancel pwrite read readv recv recvfrom recvmmsg recvmsg select
   sem_clockwait sem_timedwait sem_wait send sendmmsg sendmsg sendto sigsuspend sigtimedwait sigwait sigwaitinfo sleep system tcdrain usleep wait wait3
   wait4 waitid waitpid write writev`.split(/\s+/),
)
