// Functions follow the direction of fesetround, and tell by flags what they lost.
#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
static void flags(const char *what) {
  printf("%s:%s%s\n", what, fetestexcept(FE_INEXACT) ? " inexact" : "", fetestexcept(FE_INVALID) ? " invalid" : "");
  feclearexcept(FE_ALL_EXCEPT);
}
int main(void) {
  int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
  double roots[] = {2, 3, 4, 0, -0.0, 1e-310, 1.5e-300, 1e300, 0.1, INFINITY};
  double halves[] = {0.5, 1.5, 2.5, -0.35, -2.7, 1e17, 0, -0.0};
  const char *texts[] = {"1e23", "-1e23", "0.1", "-0.1", "1e400", "-1e400", "1e9999", "1e-400", "-1e-400", "1e-9999", "0x1.00000000000001p0", "3"};
  for (int m = 0; m < 4; m++) {
    fesetround(modes[m]);
    for (int i = 0; i < 10; i++) printf("%a %a %La\n", sqrt(roots[i]), sqrtf(roots[i]), sqrtl(roots[i]));
    for (int i = 0; i < 8; i++) {
      printf("%a %a %La %La %a ", rint(halves[i]), rintf(halves[i]), rintl(halves[i]), nearbyintl(halves[i]), nearbyint(halves[i]));
      printf("%ld %ld %lld\n", lrint(halves[i]), lrintl(halves[i]), llrintf(halves[i]));
    }
    for (int i = 0; i < 12; i++) printf("%a %a %La\n", strtod(texts[i], 0), strtof(texts[i], 0), strtold(texts[i], 0));
    printf("%a %a %a\n", fma(0.1, 0.1, 0.1), fma(-0.1, 0.1, -0.3), fmaf(0.1f, 3, 1e-9f));
  }
  fesetround(FE_TONEAREST);
  feclearexcept(FE_ALL_EXCEPT);
  volatile double d = 2.7, two = 2, big = 1e300;
  volatile long double l = 2.7L, huge = 1e300L;
  rint(d), flags("rint");
  rint(two), flags("rint of a whole number");
  nearbyint(d), flags("nearbyint");
  rintl(l), flags("rintl");
  nearbyintl(l), flags("nearbyintl");
  lrint(d), flags("lrint");
  lrint(big), flags("lrint of a large number");
  llrint(NAN), flags("llrint of none");
  lrintl(huge), flags("lrintl of a large number");
  lrintl(l), flags("lrintl");
  lround(big), flags("lround of a large number");
  return 0;
}
