// Characters whose class the two sides' Unicode tables agree on: Latin, Greek, Cyrillic, CJK.
#include <locale.h>
#include <stdio.h>
#include <wctype.h>
int main(void) {
  for (int k = 0; k < 2; k++) {
    setlocale(LC_ALL, k ? "C.UTF-8" : "C");
    for (int c = -1; c < 0x500; c++) {
      if (c >= 0x100 && c < 0x391) continue;
      printf("%x %d%d%d%d%d%d%d%d %x %x\n", c, !!iswalnum(c), !!iswalpha(c), !!iswcntrl(c), !!iswdigit(c), !!iswlower(c), !!iswspace(c), !!iswupper(c), !!iswxdigit(c), towlower(c), towupper(c));
    }
    for (int c = 0; c < 128; c++) printf("%d%d%d%d\n", !!iswblank(c), !!iswgraph(c), !!iswprint(c), !!iswpunct(c));
    for (int c = 0x4e00; c < 0x4e10; c++) printf("%d%d%d\n", !!iswalpha(c), !!iswprint(c), !!iswpunct(c));
  }
  // A locale that is given counts, whatever is current.
  locale_t locales[] = {newlocale(LC_ALL_MASK, "C", 0), newlocale(LC_ALL_MASK, "C.UTF-8", 0)};
  for (int k = 0; k < 4; k++) {
    setlocale(LC_ALL, k & 1 ? "C.UTF-8" : "C");
    locale_t l = locales[k >> 1];
    for (int c = 0xe8; c < 0xea; c++) {
      printf("%d%d%d%d%d ", !!iswalpha_l(c, l), !!iswlower_l(c, l), !!iswprint_l(c, l), !!iswctype_l(c, wctype_l("alpha", l), l), !!iswupper_l(towupper_l(c, l), l));
      printf("%x %x\n", towupper_l(c, l), towctrans_l(c, wctrans_l("toupper", l), l));
    }
  }
  return 0;
}
