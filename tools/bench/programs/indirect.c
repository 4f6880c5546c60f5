/* Indirect calls through a table. */
#include <stdio.h>
static long f0(long x) { return x + 1; }
static long f1(long x) { return x ^ 3; }
static long f2(long x) { return x * 5; }
static long f3(long x) { return x - 7; }
int main(void) {
  long (*volatile table[4])(long) = {f0, f1, f2, f3};
  long x = 1;
  for (long i = 0; i < 300000000; i++) x = table[x & 3](x);
  printf("%ld\n", x);
}
