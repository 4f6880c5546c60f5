#include <fnmatch.h>
#include <stdio.h>
int main(void) {
  const char *patterns[] = {"*", "*.c", "a?c", "[a-c]x", "[!a-c]x", "[^a]x", "a*b*c", "\\*", "[]]", "[[:digit:]]*", "*/b", ".*", "?x", "a[", "", "**/x", "[a\\]]", "foo/*", "*[.]c", "A*"};
  const char *texts[] = {"", "a", "x.c", "abc", "bx", "dx", "aXbYc", "*", "]", "1abc", "a/b", ".hidden", ".x", "a[", "a/x", "foo/bar/baz", "foo/.c", "abc.c"};
  const int flags[] = {0, FNM_PATHNAME, FNM_PERIOD, FNM_NOESCAPE, FNM_PATHNAME | FNM_PERIOD, FNM_CASEFOLD, FNM_LEADING_DIR};
  for (int p = 0; p < 20; p++) {
    for (int t = 0; t < 18; t++)
      for (int f = 0; f < 7; f++) printf("%d", fnmatch(patterns[p], texts[t], flags[f]));
    printf(" %s\n", patterns[p]);
  }
  return 0;
}
