#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
  const char *texts[] = {"0", "-0", "1", "1.5", ".5", "5.", ".", "1e5", "1e", "1e+", "1e-3x", "1E400", "1e-400", "-1e400", "4.9e-324", "2.4703282292062327e-324",
                         "2.4703282292062328e-324", "1.7976931348623157e308", "1.7976931348623158e308", "1.7976931348623159e308", "2.2250738585072011e-308",
                         "2.2250738585072014e-308", "9007199254740993", "9007199254740992.5", "9007199254740993.0000000000000000000000001", "0x1p0", "0x1.8", "0x.8p1",
                         "0x1.fffffffffffff8p0", "0x1.fffffffffffff7p0", "0x1p-1074", "0x1p-1075", "0x1.8p-1075", "0x1p1023", "0x1p1024", "0x", "0xp1", "0x1p", "inf", "INFINITY",
                         "infinit", "-inf", "nan", "nan(123)", "nan(", "NAN(x_1)", "  12", "+3", "--3", "123456789012345678901234567890", "1.0e23", "8.5e22",
                         "0.1", "0.30000000000000004", "3.4028235e38", "3.4028236e38", "1.4e-45", "7.006492321624085e-46", "7.006492321624086e-46", "16777217", "1.00000005960464477539",
                         "1_000", "1,5", "1e99999999999999999999", "0e99999999999999999999", "1e-99999999999999999999"};
  for (int i = 0; i < sizeof texts / sizeof *texts; i++) {
    char *end;
    errno = 0;
    double d = strtod(texts[i], &end);
    printf("%s: %a %d %d", texts[i], d, (int)(end - texts[i]), errno);
    errno = 0;
    float f = strtof(texts[i], &end);
    printf(" %a %d %d", f, (int)(end - texts[i]), errno);
    errno = 0;
    long double l = strtold(texts[i], &end);
    printf(" %La %d %d %a\n", l, (int)(end - texts[i]), errno, atof(texts[i]));
  }
  unsigned long long state = 88172645463325252ULL;
  for (int i = 0; i < 3000; i++) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    double d;
    memcpy(&d, &state, 8);
    if (isnan(d) || isinf(d)) continue;
    char text[64];
    snprintf(text, sizeof text, "%.*e", 14 + i % 5, d);
    printf("%s %a", text, strtod(text, NULL));
    snprintf(text, sizeof text, "%.*g", 6 + i % 5, d);
    printf(" %a\n", strtof(text, NULL));
  }
  return 0;
}
