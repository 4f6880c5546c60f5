// Results are printed to 14 digits: the last bit of an elementary function is measured elsewhere.
#include <errno.h>
#include <math.h>
#include <stdio.h>
// Which NaN an invalid operation gives differs between functions of one C library.
#define P(x) (isnan(x) ? NAN : (x))
typedef double (*function)(double);
typedef float (*functionf)(float);
static const struct { const char *name; function f; functionf g; } functions[] = {
#define F(n) {#n, n, n##f}
    F(acos), F(acosh), F(asin), F(asinh), F(atan), F(atanh), F(cbrt), F(cos), F(cosh), F(erf), F(erfc), F(exp), F(exp10), F(exp2), F(expm1),
    F(lgamma), F(log), F(log10), F(log1p), F(log2), F(sin), F(sinh), F(sqrt), F(tan), F(tanh), F(tgamma)};
static const double values[] = {0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 10.0, -3.0, 0.1, 1e-10, -1e-300, 100.0, 709.5, -745.0, 1e5, 1e22, -1e300, 4.9e-324, 3.1415926535897931, 1.5707963267948966, 170.5,
                                1.0000000001, 0.9999999999, -2.5, 27.5, INFINITY, -INFINITY, NAN};
int main(void) {
  for (int i = 0; i < sizeof functions / sizeof *functions; i++)
    for (int j = 0; j < sizeof values / sizeof *values; j++) {
      errno = 0;
      double y = functions[i].f(values[j]);
      int e = errno;
      printf("%s(%g) = %.14g %d", functions[i].name, values[j], P(y), e);
      float g = functions[i].g(values[j]);
      if (fabsf(g) < 1e-40f) g = 0;
      printf(" %.5g\n", P(g));
    }
  for (int i = 0; i < sizeof values / sizeof *values; i++)
    for (int j = 0; j < sizeof values / sizeof *values; j++) {
      errno = 0;
      double p = pow(values[i], values[j]);
      int e = errno;
      printf("%g %g: %.14g %d", values[i], values[j], P(p), e);
      printf(" %.14g %.14g %.5g %.5g %.5g\n", atan2(values[i], values[j]), hypot(values[i], values[j]), powf(values[i], values[j]), atan2f(values[i], values[j]), hypotf(values[i], values[j]));
    }
  for (int j = 0; j < 18; j++) {
    double s, c;
    float sf, cf;
    sincos(values[j], &s, &c);
    sincosf(values[j], &sf, &cf);
    int sign = 0;
    printf("%.14g %.14g %.5g %.5g %.14g", P(s), P(c), P(sf), P(cf), lgamma_r(values[j], &sign));
    if (values[j] != 0) printf(" %d", sign);
    puts("");
  }
  for (int i = -22; i < 23; i++) printf("%a %a %a\n", pow(i, 3), pow(2, i), pow(10, i));
  return 0;
}
