/* Calls of small functions of the C library: 40 million of strlen, 40 million of memcmp. */
#include <stdio.h>
#include <string.h>
int main(void) {
  size_t (*volatile length)(const char *) = strlen;
  int (*volatile compare)(const void *, const void *, size_t) = memcmp;
  const char *words[] = {"stage", "rung", "crate", "unit"};
  unsigned long s = 0;
  for (long i = 0; i < 40000000; i++) {
    s += length(words[i & 3]);
    s += compare(words[i & 3], words[(i + 1) & 3], 4) == 0;
  }
  printf("%lu\n", s);
}
