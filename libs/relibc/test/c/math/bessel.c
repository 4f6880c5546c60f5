// Bessel functions to 11 digits, of floats to 4; what they set errno to.
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <stdio.h>

static void show(double x) {
  if (isnan(x)) printf(" nan");
  else if (x == 0 || isinf(x)) printf(" %g", x);
  else printf(" %.11g", x);
  printf(" %d", errno);
  errno = 0;
}
static void single(float x) {
  if (isnan(x)) printf(" nan");
  else printf(" %.4g", x);
  errno = 0;
}
#define BOTH(name, x) show(name(x)), single(name##f(x))
#define ORDER(name, n, x) show(name(n, x)), single(name##f(n, x))

int main(void) {
  static const double at[] = {0,     -0.0, 1e-300, 1e-20, 1e-9, 1e-5, 0.001, 0.1,   0.3, 0.5, 1,   1.5, 2,   2.2,  3,    4.1,      5,         6.2,      7.7,
                              8.3,   9.5,  12,     15.3,  19.9, 24.9, 25,    25.1,  31,  40, 77.7, 100, 333, 1000, 12345, 1e6,    INFINITY, -INFINITY, NAN,
                              -0.25, -1,   -3.3,   -8,    -30,  -100};
  for (int i = 0; i < (int)(sizeof at / sizeof *at); i++) {
    double x = at[i];
    printf("%g:", x);
    BOTH(j0, x), BOTH(j1, x), BOTH(y0, x);
    // A float is not as small.
    show(y1(x));
    if (fabs(x) > 1e-30 || x == 0) single(y1f(x));
    puts("");
    static const int orders[] = {0, 1, 2, 3, 7, -1, -2, -5};
    for (int k = 0; k < 8; k++) {
      if (x != 0 && fabs(x) < 0.001) continue;
      printf(" %d:", orders[k]);
      ORDER(jn, orders[k], x), ORDER(yn, orders[k], x);
    }
    puts("");
  }
  static const struct { int n; double x; } more[] = {{20, 3}, {50, 10}, {50, 60}, {100, 100.5}, {100, 2}, {200, 150}, {150, 1}, {1000, 900}, {30, 30}, {12, 1e4}, {100, 0.5}, {300, 0.1}, {60, 1e-3}, {301, -1}};
  for (int i = 0; i < (int)(sizeof more / sizeof *more); i++) {
    printf("%d %g", more[i].n, more[i].x);
    show(jn(more[i].n, more[i].x)), show(yn(more[i].n, more[i].x));
    puts("");
  }
  return 0;
}
