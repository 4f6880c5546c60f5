// Long double: functions that are rounded once, and such as follow from e^x, to 17 digits.
#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#define P(x) (isnan(x) ? (long double)NAN : (x))
int main(void) {
  const char *texts[] = {"0", "-0", "1", "-1", "0.5", "2.5", "-3.5", "1e10", "1e4000", "-1e-4940", "3.3621031431120935063e-4932", "inf", "-inf", "nan", "0.1", "7", "-0.001", "27", "1e-30", "1.0000000000000000001", "11.25", "1.18973149535723176502e4932"};
  for (int i = 0; i < 22; i++) {
    long double x = strtold(texts[i], NULL);
    printf("%La: %.17Lg %La %La %d", x, cbrtl(x), roundevenl(x), logbl(x), ilogbl(x));
    if (!(fabsl(x) > 600)) printf(" %.17Lg %.17Lg", expm1l(x), P(log1pl(x)));
    printf(" %.17Lg\n", tanhl(x));
    for (int j = 0; j < 22; j++) {
      long double y = strtold(texts[j], NULL);
      int q = 0;
      printf(" %La %La %La %La", nextafterl(x, y), nexttowardl(x, y), P(remainderl(x, y)), hypotl(x, y));
      printf(" %La %La", P(nexttoward((double)x, y)), P(nexttowardf((float)x, y)));
      long double r = P(remquol(x, y, &q));
      printf(" %La %La %La %La\n", r, fdiml(x, y), P(fmal(x, y, 1.5L)), P(fmal(x, 0.1L, y)));
      if (isfinite(x) && isfinite(y) && y != 0 && fabsl(x / y) < 1e18L) printf(" %d\n", q);
    }
  }
  return 0;
}
