#include <err.h>
#include <errno.h>
#include <error.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>
static void forward(const char *format, ...) {
  va_list list;
  va_start(list, format);
  vwarnx(format, list);
  va_end(list);
  va_start(list, format);
  vwarn(format, list);
  va_end(list);
}
int main(void) {
  dup2(1, 2);
  errno = ENOENT;
  forward("%d %s", 1, "two");
  warnx(NULL);
  warn(NULL);
  error_at_line(0, EPERM, "file.c", 12, "at a line %d", 3);
  printf("%u\n", error_message_count);
  fflush(stdout);
  errx(4, "end %d", 9);
}
