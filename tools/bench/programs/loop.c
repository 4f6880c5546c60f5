/* Integer loop: six instructions an iteration. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
  uint64_t n = argc > 1 ? strtoull(argv[1], 0, 10) : 2000000000, a = 1, b = 7;
  for (uint64_t i = 0; i < n; i++) {
    a ^= b;
    b += a;
    a = (a << 7) | (a >> 57);
    __asm__ volatile("" : "+r"(a), "+r"(b));
  }
  printf("%llx\n", (unsigned long long)(a + b));
}
