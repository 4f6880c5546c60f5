// flags: -rdynamic
// The list of loaded objects, as dlinfo and dladdr1 give it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <libgen.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

int exported(int x) { return x + 1; }
static int failed(void) {
  char *text = dlerror();
  return text != NULL && *text != 0;
}

int main(void) {
  void *self = dlopen(NULL, RTLD_NOW);
  struct link_map *map = NULL, *of_main = NULL, *of_libc = NULL;
  Dl_info info;
  printf("%d", dlinfo(self, RTLD_DI_LINKMAP, &map));
  printf(" %d\n", map != NULL);
  dladdr(exported, &info);
  printf("%d '%s' %d %d\n", map->l_addr == (ElfW(Addr))info.dli_fbase, map->l_name, map->l_ld == _DYNAMIC, map->l_prev == NULL);

  int ok = 1, known = 0;
  for (struct link_map *each = map; each; each = each->l_next) {
    ok &= each->l_next == NULL || each->l_next->l_prev == each;
    ok &= each->l_name != NULL && each->l_ld != NULL;
    known += strstr(each->l_name, "/libc.so") != NULL;
  }
  printf("%d %d\n", ok, known);

  printf("%d", dladdr1(exported, &info, (void **)&of_main, RTLD_DL_LINKMAP));
  printf(" %d %s\n", of_main == map, info.dli_sname);
  printf("%d", dladdr1(dlsym(RTLD_DEFAULT, "qsort"), &info, (void **)&of_libc, RTLD_DL_LINKMAP));
  printf(" %d %d %d\n", of_libc != map, strcmp(of_libc->l_name, info.dli_fname), of_libc->l_addr == (ElfW(Addr))info.dli_fbase);
  const ElfW(Dyn) *dynamic = of_libc->l_ld;
  while (dynamic->d_tag != DT_NULL && dynamic->d_tag != DT_SYMTAB) dynamic++;
  printf("%d\n", dynamic->d_tag == DT_SYMTAB);

  ElfW(Sym) *symbol = NULL;
  printf("%d", dladdr1(exported, &info, (void **)&symbol, RTLD_DL_SYMENT));
  printf(" %d %d\n", map->l_addr + symbol->st_value == (ElfW(Addr))exported, ELF64_ST_TYPE(symbol->st_info) == STT_FUNC);
  printf("%d\n", dladdr1(NULL, &info, (void **)&symbol, RTLD_DL_SYMENT));

  char origin[PATH_MAX] = "", name[PATH_MAX] = "";
  void *libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);
  printf("%d", dlinfo(libc, RTLD_DI_LINKMAP, &map));
  printf(" %d", map == of_libc);
  map = of_main;
  printf(" %d", dlinfo(libc, RTLD_DI_ORIGIN, origin));
  printf(" %d\n", strcmp(origin, dirname(strcpy(name, of_libc->l_name))));
  Lmid_t list = 7;
  printf("%d", dlinfo(self, RTLD_DI_LMID, &list));
  printf(" %ld\n", (long)list);
  size_t module = 7;
  printf("%d", dlinfo(self, RTLD_DI_TLS_MODID, &module));
  printf(" %zu\n", module);
  dlerror();
  printf("%d", dlinfo(self, 99, &list));
  printf(" %d\n", failed());
  return 0;
}
