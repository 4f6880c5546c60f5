#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  const double values[] = {0, -0.0, 1, -1, 123.456, 0.000123456, 9.9995, 99999.95, 1e10, 1e22, 1e23, 1e-5, 5e-324, 1e-310, DBL_MAX, DBL_MIN, 0.1, 1.0 / 3, 2.5, 1234567, 0.5, 1e15, 123456789012345678.0};
  const int counts[] = {-3, -1, 0, 1, 2, 5, 9, 15, 17, 25};
  char text[400];
  for (int i = 0; i < sizeof values / sizeof *values; i++)
    for (int j = 0; j < sizeof counts / sizeof *counts; j++) {
      int point = 77, sign = 77;
      printf("%a %d:", values[i], counts[j]);
      printf(" %s", ecvt(values[i], counts[j], &point, &sign));
      printf(" %d %d", point, sign);
      printf(" | %s", fcvt(values[i], counts[j], &point, &sign));
      printf(" %d %d", point, sign);
      if (counts[j] >= 0) printf(" | %s", gcvt(values[i], counts[j], text));
      puts("");
    }
  int point, sign;
  printf("%s ", ecvt(-INFINITY, 3, &point, &sign));
  printf("%d %d\n", point, sign);
  printf("%s ", fcvt(NAN, 3, &point, &sign));
  printf("%d %d\n", point, sign);
  printf("%s %s\n", gcvt(-INFINITY, 3, text), text);
  printf("%d %s\n", ecvt_r(123.456, 4, &point, &sign, text, 6), text);
  printf("%d\n", ecvt_r(123.456, 4, &point, &sign, text, 5));
  printf("%d %s %d\n", fcvt_r(-123.456, 1, &point, &sign, text, 400), text, sign);
  return 0;
}
