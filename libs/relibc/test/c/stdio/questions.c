#include <stdarg.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
static int from(const char *text, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int n = vsscanf(text, format, list);
  va_end(list);
  return n;
}
static int stream(FILE *f, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int n = vfscanf(f, format, list);
  va_end(list);
  return n;
}
int main(void) {
  int a = 0, b = 0;
  printf("%d", from("5 6", "%d %d", &a, &b));
  printf(" %d %d\n", a, b);
  FILE *f = fopen("q", "w+");
  fputs("7 eight\n", f);
  printf("%zu %d %d %d %d\n", __fpending(f), !!__fwriting(f), !!__freading(f), !!__freadable(f), !!__fwritable(f));
  rewind(f);
  printf("%d", stream(f, "%d", &a));
  printf(" %d %d\n", a, !!__freading(f));
  __fpurge(f);
  setbuffer(f, malloc(100), 100);
  printf("%zu %d\n", __fbufsize(f), __flbf(f));
  __fsetlocking(f, FSETLOCKING_BYCALLER);
  rewind(f);
  printf("%d", putw(0x01020304, f));
  rewind(f);
  printf(" %x\n", getw(f));
  fclose(f);
  char name[L_tmpnam];
  printf("%d\n", tmpnam(name) == name && strlen(name) > 4);
  printf("%d\n", puts("") >= 0);
  return 0;
}
