/* Which functions of stdio make a stream one of bytes or of wide characters, and what they do on one of the other kind. */
#include <stdio.h>
#include <wchar.h>
#include <errno.h>
#include <string.h>
static FILE *fresh(int side) { FILE *f = fopen("t", "w+"); fputs("ab 12 cd\nline\n", f); rewind(f); FILE *g = freopen("t", "r+", f); if (side) fwide(g, side); return g; }
#define SHOW(what, call) for (int side = -1; side <= 1; side++) { FILE *f = fresh(side); errno = 0; long r = (long)(call); int e = errno; printf("%-10s %2d: %ld %d %d\n", what, side, r, fwide(f, 0), e); fclose(f); }
int main(void) {
  char b[20]; wchar_t w[20]; int n;
  SHOW("fprintf", fprintf(f, "x"));
  SHOW("fputs", fputs("x", f) >= 0);
  SHOW("fwrite", fwrite("x", 1, 1, f));
  SHOW("fputc", fputc('x', f));
  SHOW("putw", putw(5, f));
  SHOW("fread", fread(b, 1, 2, f));
  SHOW("fgetc", fgetc(f));
  SHOW("ungetc", ungetc('x', f));
  SHOW("fgets", fgets(b, 20, f) != NULL);
  SHOW("fscanf", fscanf(f, "%2s", b));
  SHOW("getline", ({ char *l = NULL; size_t s = 0; getline(&l, &s, f); }));
  SHOW("fwprintf", fwprintf(f, L"x"));
  SHOW("fputws", fputws(L"x", f) >= 0);
  SHOW("fputwc", fputwc(L'x', f));
  SHOW("putwc", putwc(L'x', f));
  SHOW("getwc", getwc(f));
  SHOW("fgetwc", fgetwc(f));
  SHOW("ungetwc", ungetwc(L'x', f));
  SHOW("fgetws", fgetws(w, 20, f) != NULL);
  SHOW("fwscanf", fwscanf(f, L"%2ls", w));
  SHOW("fseek", fseek(f, 0, SEEK_END));
  SHOW("fflush", fflush(f));
  SHOW("fprintf e", fprintf(f, ""));
  SHOW("fwprintf e", fwprintf(f, L""));
  SHOW("fwrite 0", fwrite("", 1, 0, f));
  SHOW("fread 0", fread(b, 1, 0, f));
  SHOW("freopen", fwide(freopen("t", "r", f), 0));
  wprintf(L"%ls %d\n", L"stdout has been one of bytes", 3);
}
