/* Mappings of a file over parts of one another: every page is that of the mapping made last over it, whatever is touched around it first. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
enum { PAGE = 4096, PAGES = 24 };
const char bulk[PAGES * PAGE] = "the program's own file is at least so long";
int main(void) {
  int fd = open("/proc/self/exe", O_RDONLY);
  static char whole[PAGES * PAGE];
  printf("%d\n", pread(fd, whole, sizeof whole, 0) == sizeof whole && bulk[0] == 't');
  for (int touched = 0; touched < PAGES; touched += 5) {
    char *at = mmap(NULL, PAGES * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    int from[PAGES];
    for (int i = 0; i < PAGES; i++) from[i] = i;
    int parts[][3] = {{2, 3, 9}, {9, 2, 1}, {10, 5, 0}, {21, 3, 15}, {17, 1, 18}};
    for (int p = 0; p < 5; p++) {
      int first = parts[p][0], count = parts[p][1], source = parts[p][2];
      mmap(at + first * PAGE, count * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, source * PAGE);
      for (int i = 0; i < count; i++) from[first + i] = source + i;
    }
    mmap(at + 13 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0);
    munmap(at + 6 * PAGE, PAGE);
    volatile char first = at[touched == 5 ? 7 * PAGE : touched * PAGE];
    (void)first;
    for (int i = 0; i < PAGES; i++) {
      if (i == 6) continue;
      static const char zero[PAGE];
      printf("%d", memcmp(at + i * PAGE, i == 13 ? zero : whole + from[i] * PAGE, PAGE) == 0);
    }
    printf("\n");
    munmap(at, PAGES * PAGE);
  }
}
