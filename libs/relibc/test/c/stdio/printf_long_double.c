#include <float.h>
#include <math.h>
#include <stdio.h>
int main(void) {
  const long double values[] = {0.0L, -0.0L, 1.0L, 1.5L, 0.1L, 1e4932L, LDBL_MAX, LDBL_MIN, LDBL_EPSILON, -1e-4940L, 2.71828182845904523536028747L, 1.0L / 3, INFINITY, NAN};
  for (int i = 0; i < 14; i++) {
    printf("%Le %.0Le %.30Le %Lg %.21Lg %La %LA %.3La %.0La\n", values[i], values[i], values[i], values[i], values[i], values[i], values[i], values[i], values[i]);
    if (fabsl(values[i]) < 1e30L) printf("%Lf %.25Lf %+025.3Lf\n", values[i], values[i], values[i]);
  }
  printf("%d %Lf %d %f %s %Lg\n", 1, 2.5L, 3, 4.5, "five", 6.25L);
  return 0;
}
