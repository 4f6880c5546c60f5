#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
int main(void) {
  const char *flags[] = {"", "-", "+", " ", "#", "0", "+0", "-#", "#0"};
  const char *widths[] = {"", "3", "14", "30"};
  const char *precisions[] = {"", ".0", ".1", ".2", ".6", ".17", ".40"};
  const char conversions[] = "eEfFgGaA";
  const double values[] = {0.0, -0.0, 1.0, -1.5, 0.5, 2.5, 9.5, 99.95, 0.1, 1e-5, 123456.0, 1234567.0, 1e22, 1e23, DBL_MAX, DBL_MIN,
                           4.9406564584124654e-324, 0.00001234, 999999.5, 9999995.0, M_PI, INFINITY, -INFINITY, NAN, 1.0 / 3};
  char format[32];
  for (int f = 0; f < 9; f++)
    for (int w = 0; w < 4; w++)
      for (int p = 0; p < 7; p++) {
        int c = (f + w * 3 + p) % 8;
        for (int k = 0; k < 2; k++, c = (c + 3) % 8) {
          // glibc drops the zeros of %#g where rounding carries into the exponent.
          if (strchr(flags[f], '#') && (c == 4 || c == 5)) continue;
          snprintf(format, sizeof format, "%%%s%s%s%c", flags[f], widths[w], precisions[p], conversions[c]);
          for (int v = (f + p) % 2; v < 25; v += 2) {
            printf("%s [", format);
            printf(format, values[v]);
            puts("]");
          }
        }
      }
  for (int p = 0; p < 20; p++) printf("%.*e %.*f %.*g %.*a\n", p, M_E, p, M_E, p, M_E, p, M_E);
  volatile double zero = 0;
  double none = zero / zero;
  printf("%.14g\n", none);
  printf("%f %e %g %a %F\n", none, -none, none, -none, none);
  char text[40];
  snprintf(text, sizeof text, "%+5.1f|%-8g|%08g", none, none, -none);
  puts(text);
  return 0;
}
