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
  return 0;
}
