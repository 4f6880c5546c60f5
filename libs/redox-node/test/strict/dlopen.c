#include <dlfcn.h>
#include <unistd.h>

static void said(const char *word, int length) { write(1, word, length); }

int main(void) {
  said("begun\n", 6);
  void *object = dlopen("libm.so.6", RTLD_NOW);
  said(object ? "opened\n" : "refused\n", object ? 7 : 8);
  return object ? 0 : 9;
}
