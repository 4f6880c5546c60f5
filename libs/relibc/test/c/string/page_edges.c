#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>
static void fault(int s) {
  write(1, "fault\n", 6);
  _exit(3);
}
int main(void) {
  char *page = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(page + 4096, 4096, PROT_NONE);
  for (int size = 0; size < 40; size++) {
    char *s = page + 4096 - size - 1;
    memset(s, 'a', size);
    s[size] = 0;
    char copy[64];
    int bad = strlen(s) != size || strchr(s, 'b') || strchrnul(s, 'b') != s + size || strcmp(s, strcpy(copy, s)) || strrchr(s, 'b') ||
              strspn(s, "a") != size || strcspn(s, "b") != size || strstr(s, "ab") || memchr(s, 'z', size + 1) || strncmp(s, copy, 1000) ||
              strnlen(s, size) != size || strcasecmp(s, copy) || memcmp(s, copy, size + 1) || strpbrk(s, "xyz");
    printf("%d", bad);
    stpcpy(s, copy);
    strncpy(s, copy, size);
    memmove(s, s, size);
    printf("%d", s[size]);
    if (size) printf("%d", strnlen(s, size - 1) == size - 1 && strncmp(s + size - 1, "a", 1) == 0);
  }
  puts("");
  memset(page, 'b', 4096);
  printf("%d %d\n", memchr(page + 4000, 'b', 1000) == page + 4000, strncmp(page + 4090, page + 4090, 6));
  fflush(stdout);
  signal(SIGSEGV, fault);
  return strlen(page);
}
