// A stream of wide characters over memory that grows.
#define _GNU_SOURCE
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static wchar_t *text;
static size_t size;
static void show(const char *what) {
  printf("%s %zu:", what, size);
  for (size_t i = 0; i <= size; i++) printf(" %x", (unsigned)text[i]);
  puts("");
}

int main(void) {
  FILE *f = open_wmemstream(&text, &size);
  printf("%d %d\n", fwide(f, 0), fileno(f));
  printf("%d\n", text == NULL);
  fflush(f);
  show("new");
  fputws(L"abc", f);
  fflush(f);
  show("abc");
  fputwc(0x20ac, f);
  fputwc(0x1f600, f);
  fwprintf(f, L"%d%ls|%c", 42, L"wide", 'x');
  printf("tell %ld\n", ftell(f));
  fflush(f);
  show("more");
  errno = 0;
  printf("%d\n", fprintf(f, "no") < 0);
  clearerr(f);
  fseek(f, 1, SEEK_SET);
  fputwc(L'B', f);
  printf("tell %ld\n", ftell(f));
  fflush(f);
  show("at 1");
  fseek(f, 0, SEEK_END);
  printf("tell %ld\n", ftell(f));
  printf("%d", fseek(f, -1, SEEK_SET));
  printf(" %s\n", strerror(errno));
  printf("%d\n", getwc(f) == WEOF);
  clearerr(f);
  for (int i = 0; i < 3000; i++) fputwc(0x4e00 + i, f);
  fclose(f);
  unsigned sum = 0;
  for (size_t i = 0; i <= size; i++) sum = sum * 31 + text[i];
  printf("%zu %x %zu\n", size, sum, wcslen(text));
  free(text);
  f = open_wmemstream(&text, &size);
  fclose(f);
  show("empty");
  free(text);
  return 0;
}
