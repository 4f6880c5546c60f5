// What a program can learn of its objects: dl_iterate_phdr, dladdr of a function of its own.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>

static int found, frames, loads;
static int visit(struct dl_phdr_info *info, size_t size, void *data) {
  int mine = 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    unsigned long start = info->dlpi_addr + segment->p_vaddr;
    if (segment->p_type == PT_LOAD && (unsigned long)data >= start && (unsigned long)data < start + segment->p_memsz) mine = 1;
    if (segment->p_type == PT_GNU_EH_FRAME) frames++;
    if (segment->p_type == PT_LOAD) loads++;
  }
  found += mine;
  return 0;
}

int main(void) {
  Dl_info info;
  dl_iterate_phdr(visit, (void *)main);
  printf("%d %d %d\n", found, frames > 0, loads > 0);
  printf("%d\n", dladdr((void *)main, &info) != 0);
  return 0;
}
