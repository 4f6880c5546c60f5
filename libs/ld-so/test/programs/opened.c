// dlopen, dlsym, dlclose: reference counts, scopes, thread storage, finalisers, errors.
#include <dlfcn.h>
#include <stdio.h>

int from_program(void) { return 7; }

int main(void) {
  void *self = dlopen(0, RTLD_NOW);
  void *one = dlopen("./libplugin.so", RTLD_NOW | RTLD_LOCAL);
  if (!one) {
    printf("%s\n", dlerror() ? "no plugin" : "no error");
    return 9;
  }
  void *two = dlopen("./libplugin.so", RTLD_LAZY);
  printf("%d %d\n", one == two, dlsym(RTLD_DEFAULT, "plugin_value") == 0);
  int (*value)(int) = dlsym(one, "plugin_value");
  printf("%d %d\n", value(1), value(1));
  int *local = dlsym(one, "plugin_local");
  printf("%d\n", *local);
  printf("%d\n", ((int (*)(void))dlsym(self, "from_program"))());
  dlerror();
  void *nothing = dlsym(one, "nothing");
  printf("%d %d\n", nothing == 0, dlerror() != 0);
  printf("%d\n", dlerror() == 0);
  puts("close");
  printf("%d\n", dlclose(one));
  puts("close again");
  printf("%d\n", dlclose(two));
  puts("closed");
  printf("%d\n", dlopen("./libplugin.so", RTLD_NOW | RTLD_NOLOAD) == 0);
  printf("%d\n", dlopen("./libnone.so", RTLD_NOW) == 0);
  void *shared = dlopen("./libplugin.so", RTLD_NOW | RTLD_GLOBAL);
  printf("%d %d\n", shared != 0, dlsym(RTLD_DEFAULT, "plugin_value") != 0);
  return 0;
}
