#include <fnmatch.h>
#include <locale.h>
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
  // In UTF-8 a question mark takes a character; what is no text is compared by bytes.
  const char *wide[][2] = {{"?", "\303\251"}, {"??", "\303\251"}, {"[\303\251x]", "\303\251"}, {"*\251", "\303\251"}, {"?", "\377"}, {"\303\211", "\303\251"}, {"[[:alpha:]]*", "\303\251a"}, {"\342\202\254?", "\342\202\254a"}};
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < sizeof wide / sizeof *wide; i++) printf("%d %d ", fnmatch(wide[i][0], wide[i][1], 0), fnmatch(wide[i][0], wide[i][1], FNM_CASEFOLD));
    puts(setlocale(LC_ALL, "C.UTF-8") ? "UTF-8" : "none");
  }
  return 0;
}
