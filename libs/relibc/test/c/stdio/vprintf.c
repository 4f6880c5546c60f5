#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
static void each(const char *format, ...) {
  char text[256];
  char *made;
  va_list list;
  va_start(list, format);
  printf("%d\n", vprintf(format, list));
  va_end(list);
  va_start(list, format);
  printf("%d\n", vfprintf(stdout, format, list));
  va_end(list);
  va_start(list, format);
  printf("%d ", vsprintf(text, format, list));
  va_end(list);
  printf("%s", text);
  va_start(list, format);
  printf("%d ", vsnprintf(text, 10, format, list));
  va_end(list);
  printf("%s|\n", text);
  va_start(list, format);
  printf("%d ", vasprintf(&made, format, list));
  va_end(list);
  printf("%s", made);
  free(made);
  va_start(list, format);
  printf("%d\n", vdprintf(1, "", list));
  va_end(list);
}
int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  each("%d %s %g %c %lld\n", 1, "two", 3.0, '4', 5LL);
  each("%d %d %d %d %d %d %d %d %d\n", 1, 2, 3, 4, 5, 6, 7, 8, 9);
  each("%g %g %g %g %g %g %g %g %g %g %d %Lg %d\n", 1., 2., 3., 4., 5., 6., 7., 8., 9., 10., 11, 12.0L, 13);
  char *made = NULL;
  printf("%d ", asprintf(&made, "%s-%05d", "made", 42));
  puts(made);
  free(made);
  dprintf(1, "dprintf %d %s\n", 7, "text");
  char text[64];
  printf("%d %s\n", sprintf(text, "%x/%X/%o", 255, 255, 255), text);
  fprintf(stdout, "%s\n", "fprintf");
  return 0;
}
