#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
static void show(const char *name, const char *text, size_t size) {
  printf("%s:", name);
  for (size_t i = 0; i < size; i++) printf(text[i] >= 32 ? " %c" : " %d", text[i]);
  puts("");
}
int main(void) {
  char b[32];
#define FRESH memset(b, '.', sizeof b)
  FRESH;
  printf("%d ", (int)((char *)strcpy(b, "copy") - b));
  show("strcpy", b, 8);
  FRESH;
  strncpy(b, "copy", 8);
  show("strncpy", b, 10);
  FRESH;
  strncpy(b, "copied", 3);
  show("strncpy", b, 6);
  FRESH;
  printf("%d ", (int)(stpcpy(b, "end") - b));
  show("stpcpy", b, 6);
  FRESH;
  printf("%d ", (int)(stpncpy(b, "end", 6) - b));
  show("stpncpy", b, 8);
  FRESH;
  printf("%d ", (int)(stpncpy(b, "ending", 3) - b));
  show("stpncpy", b, 5);
  strcpy(b, "one");
  strcat(b, "two");
  strncat(b, "three", 2);
  strncat(b, "four", 10);
  show("strcat", b, strlen(b) + 1);
  FRESH;
  memcpy(b + 3, "abcdef", 6);
  memmove(b + 4, b + 3, 6);
  memmove(b, b + 4, 6);
  show("memmove", b, 14);
  FRESH;
  printf("%d ", (int)((char *)mempcpy(b, "xyz", 3) - b));
  show("mempcpy", b, 5);
  FRESH;
  printf("%d ", (int)((char *)memccpy(b, "stop here", 'p', 9) - b));
  show("memccpy", b, 6);
  printf("%p\n", memccpy(b, "abc", 'z', 3));
  bcopy("bcopy", b, 6);
  show("bcopy", b, 6);
  bzero(b, 4);
  explicit_bzero(b + 5, 2);
  show("bzero", b, 8);
  memset(b, 0x141, 3);
  show("memset", b, 4);
  char *d = strdup("duplicate");
  puts(d);
  free(d);
  d = strndup("duplicate", 3);
  puts(d);
  free(d);
  d = strndup("ab", 30);
  puts(d);
  free(d);
  char s[] = "swap bytes";
  swab(s, b, 10);
  show("swab", b, 10);
  b[10] = 0;
  puts(strfry(memset(b, 97, 10)) == b ? "strfry" : "");
  memfrob(b, 3);
  show("memfrob", b, 3);
  return 0;
}
