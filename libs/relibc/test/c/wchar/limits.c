#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
int main(void) {
  const char *samples[] = {"abc", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\x9f\xbf", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf7\xbf\xbf\xbf", "\xf8\x80\x80\x80\x80",
                           "\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80", "\xfd\xbf\xbf\xbf\xbf\xbf", "\xfe", "\xff", "\xc3", "a\xc3(", "\xe2\x82", "\xf8\x88\x80", "\x80"};
  const unsigned codes[] = {0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdfff, 0xffff, 0x10ffff, 0x110000, 0x1fffff, 0x200000, 0x3ffffff, 0x4000000, 0x7fffffff, 0x80000000, 0xffffffff};
  wchar_t wide[16];
  char bytes[16];
  setlocale(LC_ALL, "C.UTF-8");
  for (int i = 0; i < sizeof samples / sizeof *samples; i++) {
    mbstate_t state = {0};
    errno = 0;
    size_t all = mbstowcs(wide, samples[i], 16);
    printf("%d: %zd %x errno %d, length %d:", i, all, all + 1 > 1 ? wide[0] : 0, errno, mblen(samples[i], MB_CUR_MAX));
    for (int j = 0; samples[i][j]; j++) {
      wchar_t one = 0;
      errno = 0;
      size_t taken = mbrtowc(&one, samples[i] + j, 1, &state);
      printf(" %zd %x %d", taken, one, errno);
      if (taken == (size_t)-1) break;
      printf(" %d", mbsinit(&state) != 0);
    }
    puts("");
  }
  for (int i = 0; i < sizeof codes / sizeof *codes; i++) {
    mbstate_t state = {0};
    errno = 0;
    int length = wcrtomb(bytes, codes[i], &state);
    printf("%x: %d errno %d", codes[i], length, errno);
    for (int j = 0; j < length; j++) printf(" %02x", (unsigned char)bytes[j]);
    puts("");
  }
  printf("%d", swprintf(wide, 16, (wchar_t[]){0x110000, 'a', L'é', 0}));
  printf(" %x %x %x\n", wide[0], wide[1], wide[2]);
  return 0;
}
