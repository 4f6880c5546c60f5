#include <stdlib.h>
int main(void) {
  void *volatile p = malloc(2000);
  malloc(16);
  free(p);
  free(p);
  return 0;
}
