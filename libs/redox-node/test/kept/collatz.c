/* Long enough to be worth a translation, and for later runs to profit from what it learned. */
#include <stdio.h>

static unsigned long steps(unsigned long n) {
  unsigned long count = 0;
  for (; n != 1; count++) n = n & 1 ? 3 * n + 1 : n / 2;
  return count;
}

int main(void) {
  unsigned long best = 0, at = 0;
  for (unsigned long n = 1; n <= 250000; n++) {
    unsigned long count = steps(n);
    if (count > best) best = count, at = n;
  }
  printf("%lu takes %lu\n", at, best);
  return 0;
}
