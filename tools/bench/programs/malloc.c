/* malloc and free of small objects. */
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  void *slot[256] = {0};
  unsigned x = 1;
  unsigned long s = 0;
  for (long i = 0; i < 30000000; i++) {
    x = x * 1664525 + 1013904223;
    unsigned k = x >> 24;
    free(slot[k]);
    slot[k] = malloc(16 + (x >> 8 & 255));
    s += slot[k] != 0;
  }
  printf("%lu\n", s);
}
