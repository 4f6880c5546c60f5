#include <ctype.h>
#include <stdio.h>
int main(void) {
  const unsigned short *b = *__ctype_b_loc();
  const int *lower = *__ctype_tolower_loc(), *upper = *__ctype_toupper_loc();
  for (int c = -128; c < 256; c++) printf("%d %x %d %d\n", c, b[c], lower[c], upper[c]);
  return 0;
}
