/* SSE2 doubles: a small stencil. */
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  enum { N = 4096 };
  double *a = calloc(N, 8), *b = calloc(N, 8);
  a[N / 2] = 1;
  for (int t = 0; t < 40000; t++) {
    for (int i = 1; i < N - 1; i++) b[i] = 0.25 * a[i - 1] + 0.5 * a[i] + 0.25 * a[i + 1];
    double *c = a;
    a = b;
    b = c;
  }
  double s = 0;
  for (int i = 0; i < N; i++) s += a[i] * a[i];
  printf("%.17g\n", s);
}
