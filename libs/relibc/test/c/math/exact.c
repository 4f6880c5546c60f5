#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
static const double values[] = {0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 0.49999999999999994, 4503599627370495.5, 4503599627370497.5, 9007199254740993.0, 1e300, -1e300,
                                DBL_MIN, DBL_TRUE_MIN, -DBL_TRUE_MIN, DBL_MAX, INFINITY, -INFINITY, NAN, 3.7, -3.2, 1.0, -1.0, 2147483648.5, -9.3e18, 7.0, 3.0};
// Which NaN an invalid operation gives differs between functions of one C library.
#define P(x) (isnan(x) ? NAN : (x))
#define N (sizeof values / sizeof *values)
int main(void) {
  for (int i = 0; i < N; i++) {
    double x = values[i], whole;
    float f = x, wholef;
    int e, ef;
    printf("%a: %a %a %a %a %a %a %a %a %a\n", x, ceil(x), floor(x), trunc(x), round(x), rint(x), nearbyint(x), roundeven(x), fabs(x), sqrt(fabs(x)));
    printf("  %a %a %a %a %a %a %a %a\n", ceilf(f), floorf(f), truncf(f), roundf(f), rintf(f), nearbyintf(f), fabsf(f), sqrtf(fabsf(f)));
    double m = frexp(x, &e), r = modf(x, &whole);
    float mf = frexpf(f, &ef), rf = modff(f, &wholef);
    if (isfinite(x)) printf("  %a %d %a %d", m, e, mf, ef);
    printf("  %a %a %a %a %a %a %d %d\n", r, whole, rf, wholef, logb(x), logbf(f), ilogb(x), ilogbf(f));
    printf("  %ld %ld %lld %lld %ld %ld\n", lround(x), lrint(x), llround(x), llrint(x), lroundf(f), lrintf(f));
    printf("  %d %d %d %d %d %d\n", (isinf)(x), !!(isnan)(x), !!finite(x), __fpclassify(x), __fpclassifyf(f), !!__signbit(x));
    for (int j = 0; j < N; j++) {
      double y = values[j];
      int q = 0;
      double rq = remquo(x, y, &q);
      errno = 0;
      double mod = fmod(x, y);
      int error = errno;
      printf("  %a: %a %d %a %a %d %a %a %a %a %a\n", y, P(mod), error, P(remainder(x, y)), P(rq), isfinite(x) && isfinite(y) && y != 0 ? q : 0, P(copysign(x, y)), P(fmax(x, y)), P(fmin(x, y)), P(fdim(x, y)), P(nextafter(x, y)));
      printf("  %a %a %a\n", P(fmodf(f, y)), P(nextafterf(f, y)), P(fma(x, y, values[(i + j) % N])));
    }
    for (int n = -1100; n < 1100; n += 157) printf(" %a %a %a", ldexp(x, n), scalbn(x, n), scalbln(x, n));
    printf(" %a\n", ldexpf(f, -140));
  }
  return 0;
}
