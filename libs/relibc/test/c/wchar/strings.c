#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#include <errno.h>
static int sign(int n) { return (n > 0) - (n < 0); }
int main(void) {
  wchar_t a[32] = L"hello", b[32], *p, *save;
  printf("%zu %zu %zu\n", wcslen(a), wcsnlen(a, 3), wcsnlen(a, 30));
  printf("%ls %ls %ls\n", wcscpy(b, a), wcscat(a, L" world"), wcsncat(b, a, 2));
  printf("%ls\n", wcsncpy(b, L"abcdef", 3));
  printf("%d %d\n", (int)(wcpcpy(b, L"xyz") - b), (int)(wcpncpy(b, L"xy", 5) - b));
  printf("%d %d %d %d\n", sign(wcscmp(L"a", L"b")), sign(wcsncmp(L"abc", L"abd", 2)), sign(wcscasecmp(L"ABC", L"abd")), sign(wcsncasecmp(L"ABC", L"abd", 2)));
  printf("%d %d\n", sign(wcscoll(L"b", L"a")), sign(wmemcmp(L"ab", L"ac", 2)));
  printf("%d %d %d\n", (int)(wcschr(a, L'o') - a), (int)(wcsrchr(a, L'o') - a), wcschr(a, L'z') == NULL);
  printf("%zu %zu %d\n", wcsspn(a, L"leh"), wcscspn(a, L"w"), (int)(wcspbrk(a, L"wr") - a));
  printf("%d %d\n", (int)(wcsstr(a, L"wor") - a), wcsstr(a, L"xyz") == NULL);
  wchar_t tokens[] = L"one,two;;three";
  for (p = wcstok(tokens, L",;", &save); p; p = wcstok(NULL, L",;", &save)) printf("<%ls>", p);
  puts("");
  p = wcsdup(L"duplicate");
  printf("%ls\n", p);
  free(p);
  printf("%zu %ls\n", wcsxfrm(b, L"transform", 32), b);
  wmemset(b, L'x', 3);
  b[3] = 0;
  printf("%ls %ls %ls\n", b, wmemcpy(b, L"ab", 2), wmemmove(b + 1, b, 2));
  printf("%d %d\n", (int)(wmemchr(L"abc", L'c', 3) - L"abc"), wmemchr(L"abc", L'z', 3) == NULL);
  const wchar_t *numbers[] = {L"42", L"-0x1F", L"  077", L"99999999999999999999", L"-99999999999999999999", L"abc", L"1e3x", L"0x1.8p1", L"inf"};
  for (int i = 0; i < 9; i++) {
    wchar_t *end;
    errno = 0;
    long l = wcstol(numbers[i], &end, 0);
    printf("%ld %d %d ", l, (int)(end - numbers[i]), errno);
    errno = 0;
    unsigned long u = wcstoul(numbers[i], &end, 16);
    printf("%lu %d %d ", u, (int)(end - numbers[i]), errno);
    double d = wcstod(numbers[i], &end);
    printf("%g %d %lld %llu %g\n", d, (int)(end - numbers[i]), wcstoll(numbers[i], NULL, 10), wcstoull(numbers[i], NULL, 10), wcstof(numbers[i], NULL));
  }
  return 0;
}
