// Complex functions: numbers to 14 digits, special values with their signs.
#include <complex.h>
#include <math.h>
#include <stdio.h>
static void show(double x) {
  if (isnan(x)) printf(" nan");
  else if (x == 0 || isinf(x)) printf(" %g", x);
  else printf(" %.13g", x);
}
static void pair(const char *name, double complex z, float complex f) {
  printf("%s", name);
  show(creal(z)), show(cimag(z));
  // Floats are shown to the digits that two libraries agree on.
  if (isfinite(crealf(f)) && isfinite(cimagf(f))) printf(" %.4g %.4g", crealf(f), cimagf(f));
  puts("");
}
int main(void) {
  double parts[] = {0, -0.0, 1, -1, 0.3, -2.5, 7, 20, 800, -800, 1e-5, 1e200, -1e-310, INFINITY, -INFINITY, NAN};
  for (int i = 0; i < 16; i++)
    for (int k = 0; k < 16; k++) {
      double x = parts[i], y = parts[k];
      double complex z = CMPLX(x, y);
      // A float has less range: what it makes of large numbers is not asked.
      int fits = fabs(x) < 30 && fabs(y) < 30 && (fabs(x) > 1e-30 || x == 0) && (fabs(y) > 1e-30 || y == 0);
      float complex f = fits ? CMPLXF(x, y) : CMPLXF(0.5f, -0.25f);
      printf("%g %g", x, y);
      show(cabs(z)), show(carg(z));
      printf(" %.5g %.5g\n", cabsf(f), cargf(f));
      pair("proj", cproj(z), cprojf(f)), pair("conj", conj(z), conjf(f));
      pair("exp", cexp(z), cexpf(f)), pair("log", clog(z), clogf(f)), pair("sqrt", csqrt(z), csqrtf(f));
      pair("sinh", csinh(z), csinhf(f)), pair("cosh", ccosh(z), ccoshf(f)), pair("tanh", ctanh(z), ctanhf(f));
      pair("sin", csin(z), csinf(f)), pair("cos", ccos(z), ccosf(f)), pair("tan", ctan(z), ctanf(f));
      if (fabs(x) < 30 && fabs(y) < 30 && x != 0 && y != 0) pair("pow", cpow(z, CMPLX(0.5, 1.25)), cpowf(CMPLXF(0.5f, -0.25f), CMPLXF(0.5f, 1.25f)));
    }
  printf("%Lg\n", cabsl(CMPLXL(3, -4)));
  return 0;
}
