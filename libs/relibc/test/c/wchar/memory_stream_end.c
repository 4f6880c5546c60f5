// Where a stream over memory that grows ends, once it was sought back.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

static const int to[][2] = {{2, 5}, {2, 8}, {2, 12}, {5, 2}, {12, 3}, {0, 0}, {12, 12}};

int main(void) {
  for (int k = 0; k < 7 * 8; k++) {
    wchar_t *text;
    size_t size;
    FILE *f = open_wmemstream(&text, &size);
    fputws(L"abcdefgh", f);
    if (k & 1) fflush(f);
    fseek(f, to[k / 8][0], SEEK_SET);
    if (k & 2) fputwc(L'X', f);
    if (k & 4) fflush(f);
    fflush(f);
    printf("%zu ", size);
    fseek(f, to[k / 8][1], SEEK_SET);
    fflush(f);
    printf("%zu ", size);
    printf("%d: %ld", k, ftell(f));
    fseek(f, 0, SEEK_END);
    printf(" %ld", ftell(f));
    fputwc(L'Y', f);
    fclose(f);
    printf(" %zu:", size);
    for (size_t i = 0; i <= size; i++) printf(" %x", (unsigned)text[i]);
    puts("");
    free(text);
  }
  for (int k = 0; k < 7 * 8; k++) {
    char *text;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    fputs("abcdefgh", f);
    if (k & 1) fflush(f);
    fseek(f, to[k / 8][0], SEEK_SET);
    if (k & 2) fputc('X', f);
    if (k & 4) fflush(f);
    fflush(f);
    printf("%zu ", size);
    fseek(f, to[k / 8][1], SEEK_SET);
    fflush(f);
    printf("%zu ", size);
    printf("%d: %ld", k, ftell(f));
    fseek(f, 0, SEEK_END);
    printf(" %ld", ftell(f));
    fputc('Y', f);
    fclose(f);
    printf(" %zu:", size);
    for (size_t i = 0; i <= size; i++) printf(" %x", (unsigned char)text[i]);
    puts("");
    free(text);
  }
  return 0;
}
