// Programs that would never end, or take all there is.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  setvbuf(stdout, NULL, _IONBF, 0);
  if (!strcmp(what, "loop"))
    for (volatile int i = 0;; i++) {
    }
  if (!strcmp(what, "jump")) __asm__("1: jmp 1b");
  if (!strcmp(what, "calls"))
    for (;;) getpid();
  if (!strcmp(what, "repeat")) {
    static char from[1 << 16];
    for (;;) memset(from, 1, sizeof from);
  }
  if (!strcmp(what, "forks"))
    for (;;) fork();
  if (!strcmp(what, "children"))
    for (;;) fork() ? (void)0 : _exit(0);
  if (!strcmp(what, "heap")) {
    long total = 0;
    for (size_t size = 1 << 20; size >= 16; size /= 2)
      for (char *p; (p = malloc(size)); total += size) memset(p, 1, size);
    printf("%ld\n", total);
    return 0;
  }
  if (!strcmp(what, "pages")) {
    long total = 0;
    for (char *p; (p = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) != MAP_FAILED; total += 1 << 16) *p = 1;
    printf("%ld\n", total);
    return 0;
  }
  if (!strcmp(what, "pipe")) {
    int p[2];
    char c;
    pipe(p);
    return read(p[0], &c, 1);
  }
  if (!strcmp(what, "stop")) pause();
  return 5;
}
