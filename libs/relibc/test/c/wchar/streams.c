#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <wchar.h>
static int forward(wchar_t *into, size_t room, const wchar_t *format, ...) {
  va_list list;
  va_start(list, format);
  int n = vswprintf(into, room, format, list);
  va_end(list);
  return n;
}
int main(void) {
  setlocale(LC_ALL, "C.UTF-8");
  FILE *f = fopen("w", "w+");
  printf("%d\n", fwide(f, 0));
  printf("%d %d\n", fwide(f, 1), fputwc(L'é', f) == L'é');
  fputws(L"ωide €\n", f);
  fwprintf(f, L"%d %ls %c\n", 42, L"größe", 'x');
  rewind(f);
  printf("%x\n", fgetwc(f));
  ungetwc(L'ß', f);
  printf("%x\n", getwc(f));
  wchar_t line[32];
  printf("%ls", fgetws(line, 32, f));
  printf("%ls", fgetws(line, 32, f));
  printf("%d %d\n", fgetwc(f) == WEOF, feof(f) != 0);
  fclose(f);
  printf("%d ", swprintf(line, 32, L"%d-%s-%ls", 7, "narrow", L"wide"));
  printf("%ls\n", line);
  printf("%d\n", swprintf(line, 4, L"too long"));
  printf("%d ", forward(line, 32, L"%g|%5d", 1.5, 42));
  printf("%ls\n", line);
  struct tm t = {.tm_year = 124, .tm_mon = 1, .tm_mday = 3};
  printf("%zu ", wcsftime(line, 32, L"%Y-%m-%d", &t));
  printf("%ls\n", line);
  f = fopen("w", "w");
  fputs("\xff\xfe", f);
  fclose(f);
  f = fopen("w", "r");
  errno = 0;
  printf("%d", fgetwc(f) == WEOF);
  printf(" %d %d\n", errno, ferror(f) != 0);
  int number = 0;
  double real = 0;
  char narrow[16] = "";
  wchar_t wide[16] = L"";
  printf("%d ", swscanf(L"12 abc 3.5 def", L"%d %s %lf %ls", &number, narrow, &real, wide));
  printf("%d %s %g %ls\n", number, narrow, real, wide);
  printf("%d ", swscanf(L"é7x", L"é%d%l[a-z]", &number, wide));
  printf("%d %ls\n", number, wide);
  printf("%d %d\n", swscanf(L"", L"%d", &number), swscanf(L"x", L"%d", &number));
  return 0;
}
