// flags: -rdynamic
// Functions that ask ld.so for what it may not have.
#include <dlfcn.h>

#define PLAIN __attribute__((noinline, noclone, noipa))

PLAIN int opens(void) { return dlopen("libm.so.6", RTLD_NOW) != 0; }
PLAIN int looks(void) {
  Dl_info info;
  return dladdr((void *)looks, &info) != 0;
}
PLAIN int both(void) { return opens() + looks(); }

int main(void) { return both() == 3; }
