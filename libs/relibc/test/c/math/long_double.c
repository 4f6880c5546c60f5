// Elementary functions are printed to 17 digits.
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
// Which NaN an invalid operation gives differs between functions of one C library.
#define P(x) (isnan(x) ? (long double)NAN : (x))
int main(void) {
  const char *texts[] = {"0", "-0", "1", "-1", "0.5", "2.5", "-3.5", "1e10", "123456789.75", "1e4000", "-1e-4940", "inf", "-inf", "nan", "9223372036854775807", "0.1", "7", "700.25"};
  for (int i = 0; i < 18; i++) {
    long double x = strtold(texts[i], NULL), whole;
    int e = 0;
    printf("%La: %La %La %La %La %La %La %La\n", x, fabsl(x), floorl(x), ceill(x), truncl(x), roundl(x), rintl(x), sqrtl(fabsl(x)));
    long double m = frexpl(x, &e), r = modfl(x, &whole);
    if (isfinite(x)) printf(" %La %d", m, e);
    printf(" %La %La %La %La\n", r, whole, ldexpl(x, 3), scalbnl(x, -16400));
    printf(" %ld %ld %lld %d %d %d %d\n", lrintl(x), lroundl(x), llrintl(x), !!__isnanl(x), __isinfl(x), !!__finitel(x), __fpclassifyl(x));
    printf(" %.17Lg %.17Lg %.17Lg %.17Lg %.17Lg\n", P(logl(x)), P(log2l(x)), P(log10l(x)), expl(x), exp2l(x));
    if (!(fabsl(x) > 1e18L)) printf(" %.17Lg %.17Lg %.17Lg\n", P(sinl(x)), P(cosl(x)), P(tanl(x)));
    printf(" %.17Lg\n", atanl(x));
    for (int j = 0; j < 18; j++) {
      long double y = strtold(texts[j], NULL);
      printf("  %La %La %La %La", P(fmodl(x, y)), copysignl(x, y), fmaxl(x, y), fminl(x, y));
      printf(" %.17Lg %.17Lg\n", P(atan2l(x, y)), P(powl(x, y)));
    }
  }
  return 0;
}
