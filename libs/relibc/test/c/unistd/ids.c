#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>
int main(void) {
  uid_t a, b, c;
  gid_t groups[64];
  printf("%d %d\n", getuid() == geteuid(), getgid() == getegid());
  printf("%d\n", getresuid(&a, &b, &c));
  printf("%d\n", a == b && b == c);
  printf("%d\n", getresgid(&a, &b, &c));
  printf("%d %d %d\n", setuid(getuid()), setgid(getgid()), seteuid(geteuid()));
  printf("%d %d\n", setreuid(-1, -1), setregid(-1, -1));
  printf("%d %d\n", setresuid(-1, -1, -1), setresgid(-1, -1, -1));
  printf("%d\n", getgroups(64, groups) >= 0);
  printf("%d %d\n", getpid() == gettid(), getppid() != getpid());
  printf("%d\n", getpgrp() == getpgid(0));
  // A session that began outside a container has the number 0 inside.
  printf("%d\n", getsid(0) == getsid(getpid()));
  printf("%d %d %ld\n", getpagesize(), getdtablesize() > 3, sysconf(_SC_CLK_TCK));
  errno = 0;
  printf("%d\n", getpriority(PRIO_PROCESS, 0) >= -20 && errno == 0);
  char name[256];
  printf("%d\n", gethostname(name, sizeof name));
  struct utsname u;
  printf("%d %s\n", uname(&u), u.machine);
  printf("%d %s\n", isatty(99), strerror(errno));
  printf("%s\n", ctermid(NULL));
  printf("%d\n", ttyname(0) == NULL);
  return 0;
}
