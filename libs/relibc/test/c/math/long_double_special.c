// Error function and gamma function of long double to 17 digits; what they set errno to.
#include <errno.h>
#include <math.h>
#include <stdio.h>

static void show(long double x) {
  if (isnan(x)) printf(" nan");
  else printf(" %.17Lg", x);
  printf(" %d", errno);
  errno = 0;
}

int main(void) {
  static const long double at[] = {0.0L,   -0.0L,  1e-4000L, -1e-30L, 1e-19L, 1e-9L, 0.1L,  0.3L,  0.5L,  0.84375L, 1.0L,   1.25L, 1.5L,  2.0L,    2.5L,   3.0L,      3.3L,      4.0L,  5.0L, 6.6L,
                                   7.5L,   10.0L,  20.0L,    30.1L,   50.0L,  90.0L, 106.0L, 171.5L, 500.0L, 1000.0L, 1700.5L, 1e5L, 1e10L, 1e25L,   1e4000L, INFINITY, -INFINITY, NAN,   -0.1L, -0.5L,
                                   -1.0L,  -1.5L,  -2.25L,   -3.0L,   -4.7L,  -7.5L, -10.3L, -100.5L, -1000.3L};
  for (int i = 0; i < (int)(sizeof at / sizeof *at); i++) {
    long double x = at[i];
    printf("%.17Lg:", x);
    show(erfl(x));
    if (x < 100) show(erfcl(x));
    show(tgammal(x));
    show(lgammal(x));
    int sign = 7;
    show(lgammal_r(x, &sign));
    printf(" %d %d\n", isnan(x) ? 0 : sign, isnan(x) ? 0 : signgam);
  }
  return 0;
}
