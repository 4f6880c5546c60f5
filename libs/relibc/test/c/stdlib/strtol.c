#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  const char *texts[] = {"0", "1", "-1", "+42", "  \t\n 17", "0x1F", "0X", "0xg", "017", "08", "z", "zz", "-zz", "9223372036854775807", "9223372036854775808",
                         "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616", "-18446744073709551615",
                         "99999999999999999999999999", "-99999999999999999999999999", "", "   ", "+", "-", "+-1", "12abc", "2147483648", "0b101", "١"};
  const int bases[] = {0, 2, 8, 10, 16, 36, 1, 37};
  for (int t = 0; t < 31; t++)
    for (int b = 0; b < 8; b++) {
      char *end = (char *)texts[t];
      errno = 0;
      long l = strtol(texts[t], &end, bases[b]);
      printf("%s/%d: %ld %d %d", texts[t], bases[b], l, (int)(end - texts[t]), errno);
      errno = 0;
      end = (char *)texts[t];
      unsigned long u = strtoul(texts[t], &end, bases[b]);
      printf(" %lu %d %d", u, (int)(end - texts[t]), errno);
      printf(" %lld %llu %jd %ju\n", strtoll(texts[t], NULL, bases[b]), strtoull(texts[t], NULL, bases[b]), strtoimax(texts[t], NULL, bases[b]), strtoumax(texts[t], NULL, bases[b]));
    }
  for (int t = 0; t < 31; t++) printf("%d %ld %lld\n", atoi(texts[t]), atol(texts[t]), atoll(texts[t]));
  div_t d = div(-7, 2);
  ldiv_t ld = ldiv(-7000000000, 3);
  lldiv_t lld = lldiv(7, -2);
  imaxdiv_t id = imaxdiv(LONG_MIN, 10);
  printf("%d %d %ld %ld %lld %lld %jd %jd\n", d.quot, d.rem, ld.quot, ld.rem, lld.quot, lld.rem, id.quot, id.rem);
  printf("%d %ld %lld %jd\n", abs(-5), labs(-5000000000), llabs(LLONG_MAX), imaxabs(-9));
  printf("%ld %s %ld\n", a64l("zzz"), l64a(123456), a64l(l64a(123456)));
  return 0;
}
