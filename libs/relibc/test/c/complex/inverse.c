// Inverse complex functions: numbers to 14 digits, special values with their signs.
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
  printf(" %.4g %.4g\n", crealf(f), cimagf(f));
}
int main(void) {
  double parts[] = {0, -0.0, 1, -1, 0.3, -0.97, 1.25, -2.5, 7, 20, 800, 1e-5, -1e-12, 1e18, 1e200, -1e300, 1e-310, INFINITY, -INFINITY, NAN};
  enum { N = sizeof parts / sizeof *parts };
  for (int i = 0; i < N; i++)
    for (int k = 0; k < N; k++) {
      double x = parts[i], y = parts[k];
      double complex z = CMPLX(x, y);
      int fits = fabs(x) < 30 && fabs(y) < 30 && (fabs(x) > 1e-4 || x == 0) && (fabs(y) > 1e-4 || y == 0);
      float complex f = fits ? CMPLXF(x, y) : CMPLXF(0.5f, -0.25f);
      printf("%g %g\n", x, y);
      pair("asin", casin(z), casinf(f)), pair("acos", cacos(z), cacosf(f)), pair("atan", catan(z), catanf(f));
      pair("asinh", casinh(z), casinhf(f)), pair("acosh", cacosh(z), cacoshf(f)), pair("atanh", catanh(z), catanhf(f));
    }
  // Near the branch points, where digits cancel.
  for (int i = -4; i <= 4; i++)
    for (int k = -4; k <= 4; k++) {
      double complex z = CMPLX(1 + i * 0x1p-20, k * 0x1p-24), w = CMPLX(k * 0x1p-24, 1 + i * 0x1p-20);
      if (i == 0 && k == 0) continue;
      pair("asin", casin(z), 0), pair("acos", cacos(z), 0), pair("atanh", catanh(z), 0);
      pair("asinh", casinh(w), 0), pair("acosh", cacosh(z), 0), pair("atan", catan(w), 0);
    }
  return 0;
}
