// flags: -no-pie -fno-pie
/* A weak function whose address is that of the program's own procedure linkage table: it is there for the program, and is called. */
#include <stdio.h>
__attribute__((weak)) extern int getentropy(void *, unsigned long);
__attribute__((weak)) extern int no_such_function_anywhere(void);
int main(void) {
  char bytes[8] = {0};
  printf("%d\n", getentropy ? getentropy(bytes, sizeof bytes) : -2);
  int (*volatile other)(void) = no_such_function_anywhere;
  printf("%d\n", other != 0);
  return 0;
}
