/* Pointer chasing over 4 MiB. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  size_t n = 1 << 19;
  uint64_t *next = malloc(n * 8), x = 0;
  for (size_t i = 0; i < n; i++) next[i] = (i * 262147 + 12345) & (n - 1);
  for (long i = 0; i < 300000000; i++) x = next[x];
  printf("%llu\n", (unsigned long long)x);
}
