#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <err.h>
int main(void) {
  dup2(1, 2);
  errno = ENOENT;
  perror("file");
  errno = 4000;
  perror("");
  errno = EINVAL;
  perror(NULL);
  errno = EACCES;
  warn("warn %d", 1);
  warnx("warnx %s", "x");
  psignal(11, "signal");
  fprintf(stderr, "%d\n", 5);
  errno = EAGAIN;
  err(9, "fatal");
}
