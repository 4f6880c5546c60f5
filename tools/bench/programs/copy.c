/* memcpy of 64 bytes to 64 KiB. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
  char *a = malloc(1 << 16), *b = malloc(1 << 16);
  memset(a, 5, 1 << 16);
  unsigned long s = 0;
  for (int t = 0; t < 20; t++)
    for (size_t n = 64; n <= 1 << 16; n += 64) {
      memcpy(b, a, n);
      a[n - 1] ^= b[n / 2];
      s += b[n - 1];
    }
  printf("%lu\n", s);
}
