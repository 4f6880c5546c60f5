#include <errno.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>
static void all(const char *name) {
  printf("== %s %zu\n", name ? setlocale(LC_ALL, name) : "start", MB_CUR_MAX);
  printf("%s\n", nl_langinfo(CODESET));
  const char *texts[] = {"a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\x80", "\xc3", "\xed\xa0\x80", "\xff", "", "\xc0\x80"};
  for (int i = 0; i < 10; i++) {
    wchar_t w = 7;
    mbstate_t s = {0};
    errno = 0;
    ssize_t n = mbrtowc(&w, texts[i], strlen(texts[i]) + 1, &s);
    printf("%zd %x %d | ", n, n >= 0 ? w : 0, errno);
    printf("%d %d\n", mbtowc(&w, texts[i], 6), mblen(texts[i], 6));
  }
  const wchar_t codes[] = {'a', 0x7f, 0x80, 0xe9, 0x20ac, 0x1f600, 0xd800, 0x10ffff};
  for (int i = 0; i < 8; i++) {
    char b[MB_LEN_MAX] = "";
    mbstate_t s = {0};
    ssize_t n = wcrtomb(b, codes[i], &s);
    printf("%zd", n);
    for (int k = 0; k < n; k++) printf(" %02x", (unsigned char)b[k]);
    printf(" %d %d %d %d\n", wctomb(b, codes[i]), wctob(codes[i]), btowc(codes[i] & 255), !!iswalpha(codes[i]));
  }
  wchar_t out[16];
  char bytes[16];
  printf("%zd\n", mbstowcs(out, "h\xc3\xa9llo", 16));
  printf("%zd %zd\n", mbstowcs(NULL, "plain", 0), wcstombs(NULL, L"plain", 0));
  printf("%zd %zd\n", wcstombs(bytes, L"h\xe9", 16), wcstombs(bytes, L"abc", 2));
  const char *cursor = "abcdef";
  mbstate_t s = {0};
  printf("%zd %d\n", mbsrtowcs(out, &cursor, 3, &s), cursor != NULL);
  const wchar_t *wide = L"xyz";
  printf("%zd %d\n", wcsrtombs(bytes, &wide, 16, &s), wide == NULL);
  printf("%d %zd\n", mbsinit(&s), mbrlen("a", 1, &s));
  printf("%d %d %d %d\n", towupper(0xe9), towlower(0xc9), towupper('a'), wcwidth('a'));
  printf("%d %d %d\n", wcwidth(0x4e00), wcwidth(0x301), wcswidth(L"ab", 2));
  printf("%d %d\n", iswctype('a', wctype("alpha")) != 0, towctrans('a', wctrans("toupper")));
}
int main(void) {
  all(NULL);
  all("C.UTF-8");
  mbstate_t s = {0};
  wchar_t w;
  printf("%zd %zd %zd %x\n", mbrtowc(&w, "\xe2", 1, &s), (ssize_t)0, (ssize_t)0, 0);
  printf("%d %zd\n", mbsinit(&s), mbrtowc(&w, "\x82\xac", 2, &s));
  printf("%x %d\n", w, mbsinit(&s));
  all("C");
  printf("%d\n", setlocale(LC_ALL, "xx_YY") == NULL);
  setlocale(LC_CTYPE, "C.UTF-8");
  printf("%s\n", setlocale(LC_ALL, NULL));
  printf("%s\n", setlocale(LC_CTYPE, NULL));
  setenv("LC_ALL", "C.UTF-8", 1);
  printf("%s\n", setlocale(LC_ALL, ""));
  setlocale(LC_ALL, "POSIX");
  locale_t l = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0), old = uselocale(l);
  printf("%d %zu\n", old == LC_GLOBAL_LOCALE, MB_CUR_MAX);
  uselocale(old);
  printf("%zu %d\n", MB_CUR_MAX, newlocale(LC_ALL_MASK, "nope", (locale_t)0) == (locale_t)0);
  freelocale(l);
  struct lconv *lc = localeconv();
  printf("[%s] [%s] [%s] %d %d\n", lc->decimal_point, lc->thousands_sep, lc->currency_symbol, lc->frac_digits, lc->p_cs_precedes);
  for (int i = ABDAY_1; i <= MON_12; i++) printf("%s ", nl_langinfo(i));
  printf("%s %s %s %s\n", nl_langinfo(RADIXCHAR), nl_langinfo(D_T_FMT), nl_langinfo(YESEXPR), nl_langinfo(AM_STR));
  return 0;
}
