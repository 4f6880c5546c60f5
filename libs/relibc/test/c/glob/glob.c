#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
static int failed(const char *path, int e) { return 0; }
static void try(const char *pattern, int flags) {
  glob_t g = {.gl_offs = 2};
  int r = glob(pattern, flags, failed, &g);
  printf("%s %x: %d", pattern, flags, r);
  if (!r) {
    printf(" %zu", g.gl_pathc);
    for (size_t i = 0; i < g.gl_pathc; i++) printf(" %s", g.gl_pathv[i + (flags & GLOB_DOOFFS ? 2 : 0)]);
    globfree(&g);
  }
  puts("");
}
int main(void) {
  mkdir("d", 0755);
  mkdir("d/sub", 0755);
  mkdir("e", 0755);
  const char *files[] = {"a.c", "b.c", "B.h", ".hidden", "d/x.c", "d/sub/y.c", "e/x.c", "[z]"};
  for (int i = 0; i < 8; i++) close(creat(files[i], 0644));
  const char *patterns[] = {"*", "*.c", "?.c", "[ab].*", "*/*.c", "*/*/*.c", ".*", "none*", "d/", "*/", "a.c", "nothere", "\\[z\\]", "./*.c", "d/*x*", "[!a]*"};
  for (int i = 0; i < 16; i++) {
    try(patterns[i], 0);
    try(patterns[i], GLOB_MARK | GLOB_NOCHECK);
    try(patterns[i], GLOB_DOOFFS | GLOB_ONLYDIR);
  }
  try("~", GLOB_TILDE);
  glob_t g;
  glob("*.c", 0, NULL, &g);
  glob("*.h", GLOB_APPEND, NULL, &g);
  printf("%zu %s\n", g.gl_pathc, g.gl_pathv[2]);
  return 0;
}
