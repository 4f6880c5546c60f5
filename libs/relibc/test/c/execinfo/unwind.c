/* backtrace(3) through frames of all shapes, built without frame pointers: names of the functions, innermost first, up to main. */
#include <alloca.h>
#include <execinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAIN __attribute__((noinline, noclone, noipa, optimize("omit-frame-pointer")))

int main(void);
PLAIN void show(int depth);
PLAIN long small(int depth);
PLAIN long large(int depth);
PLAIN long variable(int depth);
PLAIN long aligned(int depth);

static const struct {
  const char *name;
  void *start;
} functions[] = {{"main", main}, {"show", show}, {"small", small}, {"large", large}, {"variable", variable}, {"aligned", aligned}};

static const char *name(void *address) {
  const char *best = "?";
  char *start = 0;
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if ((char *)functions[i].start <= (char *)address && (char *)functions[i].start > start) best = functions[i].name, start = functions[i].start;
  return (char *)address - start < 0x1000 ? best : "?";
}

void show(int depth) {
  void *frames[64];
  int count = backtrace(frames, 64), few = backtrace(frames, 2);
  printf("depth %d, at least %d, %d of two:", depth, count > depth, few);
  count = backtrace(frames, 64);
  for (int i = 0; i < count; i++) {
    printf(" %s", name(frames[i]));
    if (strcmp(name(frames[i]), "main") == 0) break;
  }
  printf("\n");
}

static volatile long sink;

long small(int depth) {
  if (depth == 0) show(0);
  else large(depth - 1);
  return ++sink;
}

long large(int depth) {
  char bytes[3000];
  memset(bytes, depth, sizeof bytes);
  long a = sink + 1, b = sink * 3, c = sink ^ 5, d = sink - 7, e = sink << 1;
  if (depth == 0) show(1);
  else variable(depth - 1);
  return a + b + c + d + e + bytes[depth] + ++sink;
}

long variable(int depth) {
  char *bytes = alloca(100 + depth * 50);
  bytes[depth] = depth;
  if (depth == 0) show(2);
  else aligned(depth - 1);
  return bytes[depth] + ++sink;
}

long aligned(int depth) {
  _Alignas(64) char bytes[128];
  memset(bytes, depth, sizeof bytes);
  if (depth == 0) show(3);
  else small(depth - 1);
  return bytes[depth & 127] + ++sink;
}


/* Lines of backtrace_symbols name the program and the address; a symbol only where one is exported. */
static void lines(void) {
  void *frames[3] = {(char *)main + 1, (void *)show, (void *)0x10};
  char **names = backtrace_symbols(frames, 3);
  for (int i = 0; i < 3; i++) {
    char address[40];
    snprintf(address, sizeof address, "[%p]", frames[i]);
    printf("%d %d|", strncmp(names[i], "/program(", 9) == 0, strstr(names[i], address) != 0);
  }
  printf(" %s\n", names[2]);
  free(names);
}

int main(void) {
  for (int depth = 0; depth < 9; depth++) small(depth);
  lines();
  return 0;
}
