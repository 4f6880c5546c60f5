#include <errno.h>
#include <error.h>
#include <stdio.h>
#include <unistd.h>
static void name(void) { fputs("me", stderr); }
int main(void) {
  dup2(1, 2);
  error_print_progname = name;
  printf("flushed first\n");
  error(6, EACCES, ": cannot %s", "go on");
}
