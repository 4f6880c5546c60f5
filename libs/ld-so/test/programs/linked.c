// For a link against a sysroot: thread storage, constructors, an indirect function, streams, an exit code.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static __thread int mine = 5;
static char *volatile word = "sysroot";
static int order;
__attribute__((constructor)) static void begin(void) { order = 1; }
__attribute__((destructor)) static void end(void) { puts("end"); }
static int twice(int x) { return 2 * x; }
static int (*choose(void))(int) { return twice; }
int scaled(int x) __attribute__((ifunc("choose")));

int main(int argc, char **argv) {
  errno = 3;
  mine += argc;
  printf("%s %d %d %d %d %zu\n", word, mine, errno, order, scaled(21), strlen(argv[0]) > 0 ? strlen(word) : 0);
  fprintf(stderr, "to stderr\n");
  return argc + 6;
}
