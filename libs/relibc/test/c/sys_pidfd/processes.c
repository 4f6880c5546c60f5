/* Processes by descriptors, and what a process may do. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <linux/capability.h>
#include <unistd.h>
static void tell(const char *what, long result) { printf("%s %ld %s\n", what, result, result < 0 ? strerror(errno) : ""); }
static volatile int got,code; static void on(int s,siginfo_t*i,void*c){got=s;code=i->si_code; printf("sig %d code %d\n",s,i->si_code);}

int main(void) {
  struct sigaction sa = {.sa_sigaction = on, .sa_flags = SA_SIGINFO};
  sigaction(SIGUSR1, &sa, 0);
  int self = pidfd_open(getpid(), 0);
  printf("self %d cloexec %d\n", self >= 0, fcntl(self, F_GETFD));
  tell("send", pidfd_send_signal(self, SIGUSR1, 0, 0));
  tell("sig0", pidfd_send_signal(self, 0, 0, 0));
  tell("bad sig", pidfd_send_signal(self, 99, 0, 0));
  tell("notpidfd", pidfd_send_signal(0, 0, 0, 0));
  tell("badf", pidfd_send_signal(99, 0, 0, 0));
  tell("open flags", pidfd_open(getpid(), 1));
  tell("open none", pidfd_open(0x7fffff00, 0));
  tell("open neg", pidfd_open(-1, 0));
  tell("open 0", pidfd_open(0, 0));
  siginfo_t si = {0};
  si.si_signo = SIGUSR1;
  si.si_code = SI_QUEUE;
  si.si_value.sival_int = 7;
  tell("info", pidfd_send_signal(self, SIGUSR1, &si, 0));
  si.si_signo = SIGUSR2;
  tell("mismatch", pidfd_send_signal(self, SIGUSR1, &si, 0));
  struct pollfd p = {self, POLLIN};
  tell("poll", poll(&p, 1, 0));
  fflush(stdout);
  pid_t c = fork();
  if(c == 0){ pause(); _exit(3);}
  int fd = syscall(SYS_pidfd_open, c, 0);
  p.fd = fd;
  tell("poll", poll(&p, 1, 0));
  char b[9];
  tell("read", read(fd, b, 9));
  tell("write", write(fd, b, 9));
  siginfo_t w = {0};
  tell("waitid nohang", waitid(P_PIDFD, fd, &w, WEXITED|WNOHANG));
  printf("%d\n", w.si_pid);
  tell("kill", syscall(SYS_pidfd_send_signal, fd, SIGTERM, 0, 0));
  tell("poll", poll(&p, 1, 2000));
  printf("%x\n", p.revents);
  tell("nowait", waitid(P_PIDFD, fd, &w, WEXITED|WNOWAIT));
  printf("%d %d %d %d\n", w.si_signo, w.si_code, w.si_status, w.si_pid == c);
  tell("sig zombie", pidfd_send_signal(fd, 0, 0, 0));
  tell("wait", waitid(P_PIDFD, fd, &w, WEXITED));
  tell("again", waitid(P_PIDFD, fd, &w, WEXITED));
  tell("sig gone", pidfd_send_signal(fd, 0, 0, 0));
  tell("badfd", waitid(P_PIDFD, 99, &w, WEXITED));
  tell("not pidfd", waitid(P_PIDFD, 0, &w, WEXITED));
  tell("neg", waitid(P_PIDFD, -1, &w, WEXITED));
  c = fork();
  if(c == 0) _exit(5);
  fd = pidfd_open(c, 0);
  int e = epoll_create1(0);
  struct epoll_event ev = {EPOLLIN};
  epoll_ctl(e, EPOLL_CTL_ADD, fd, &ev);
  tell("epoll", epoll_wait(e, &ev, 1, 2000));
  tell("wait", waitid(P_PIDFD, fd, &w, WEXITED));
  printf("%d %d\n", w.si_code, w.si_status);
  tell("getfd", pidfd_getfd(self, 0, 0) >= 0);
  tell("getfd bad", pidfd_getfd(self, 77, 0));
  tell("getfd flags", pidfd_getfd(self, 0, 1));
  struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct d[2];
  tell("capget", syscall(SYS_capget, &h, d));
  printf("%x %x %x\n", d[0].effective != 0, d[0].permitted != 0, d[0].inheritable);
  tell("capset", syscall(SYS_capset, &h, d));
  h.version = 0;
  tell("version", syscall(SYS_capget, &h, d));
  printf("%x\n", h.version);
  tell("version null", syscall(SYS_capget, &h, 0));
  h.version = _LINUX_CAPABILITY_VERSION_3;
  h.pid = 0x7fffff00;
  tell("pid", syscall(SYS_capget, &h, d));
  h.pid=-1;
  tell("pid", syscall(SYS_capget, &h, d));
  h.pid = 0x7fffff00;
  tell("set pid", syscall(SYS_capset, &h, d));
  h.pid = 0;
  d[0].effective = 0;
  tell("drop", syscall(SYS_capset, &h, d));
  tell("get", syscall(SYS_capget, &h, d));
  printf("%x %x\n", d[0].effective, d[0].permitted != 0);
  d[0].permitted = 0;
  tell("drop", syscall(SYS_capset, &h, d));
  d[0].effective = d[0].permitted = 1;
  tell("raise", syscall(SYS_capset, &h, d));
  tell("fault", syscall(SYS_capget, 0, d));
  h.version = _LINUX_CAPABILITY_VERSION_1;
  tell("v1", syscall(SYS_capget, &h, d));
  return 0;
}
