// flags: -O2 -fbuiltin -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>
static int forward(char *into, size_t room, FILE *file, const char *format, ...) {
  va_list a, b, d;
  va_start(a, format);
  va_start(b, format);
  va_start(d, format);
  int n = vsnprintf(into, room, format, a) + vfprintf(file, format, b) + vsprintf(into, format, d);
  va_end(a);
  va_end(b);
  va_end(d);
  return n;
}
int main(int argc, char **argv) {
  char text[32];
  char *volatile p = text;
  size_t n = strlen(argv[0]) + 3;
  memset(text, 'a', n);
  text[n] = 0;
  printf("%s %d\n", text, sprintf(text, "%d", argc));
  printf("%d\n", snprintf(text, n, "%s%s", argv[0], argv[0]));
  strcpy(text, argv[0]);
  strcat(text, argv[0]);
  strncat(text, argv[0], 2);
  printf("%s\n", text);
  printf("%s\n", (char *)memcpy(text, argv[0], n - 3));
  memmove(text + 1, text, n);
  printf("%.5s\n", text);
  printf("%s\n", strncpy(text, argv[0], n));
  printf("%d\n", (int)(stpcpy(text, argv[0]) - text));
  printf("%d\n", forward(text, sizeof text, stdout, "%s %d\n", "forwarded", argc));
  char *made;
  printf("%d %s\n", asprintf(&made, "%s!", argv[0]), made);
  fprintf(stdout, "%d\n", argc);
  printf("%d\n", (int)read(0, text, argc + 3));
  printf("%s\n", fgets(text, argc + 8, stdin));
  printf("%d\n", (int)fread(text, 1, argc + 3, stdin));
  fflush(stdout);
  if (argc == 1) strcpy(p + 20, "this is longer than the room that is left");
  return 0;
}
