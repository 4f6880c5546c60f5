#include <fnmatch.h>
#include <stdio.h>
int main(void) {
  const char *patterns[] = {"@(a|b)", "*(ab)c", "!(a)", "+(a|b)c", "?(a)b", "@(a|@(b|c))", "*(*)", "!(*.c)", "*.!(c)", "a!(b)c", "+([0-9])", "@()", "!()", "*()", "x@(a", "@(a|b", "*(a|b)/", "?(*.)c", "@(a*|b)*", "!(a|b)*", "@([)|]|a)", "@(\\)|a)", "+(a)+(b)",
                            "*(a|ab)(b)", "!(!(a))", "?(a)?(b)?", "+(?)", "+(.a)", "@(.a|b)", "*(.a)", "!(b)", "@(a/b|c)", "+(a|/)", "*(*/)b", "a@(b)", "(a)", "@(|a)b", "?(a", "*(a", "?(a)*(", "!(a)b!(c)", "@(*)x", "+(*)x", "[[.space.]]", "[[.a.]]"};
  const char *texts[] = {"", "a", "b", "c", "ab", "abc", "ababc", "aac", "x.c", "x.h", ".a", ".ab", "a/b", "b/", "123", "x@(a", "@(a", "@(a|b", "(a)", ")", "!(a)", "aabb", "abb", "axc", "a(b)", "?(a", "*(a", "x", "abx", " "};
  const int flags[] = {0, FNM_PERIOD, FNM_PATHNAME, FNM_CASEFOLD, FNM_NOESCAPE, FNM_PATHNAME | FNM_PERIOD, FNM_LEADING_DIR};
  for (int p = 0; p < sizeof patterns / sizeof *patterns; p++)
    for (int t = 0; t < sizeof texts / sizeof *texts; t++) {
      printf("%s %s %d ", patterns[p], texts[t], fnmatch(patterns[p], texts[t], 0));
      for (int f = 0; f < sizeof flags / sizeof *flags; f++) printf("%d", fnmatch(patterns[p], texts[t], flags[f] | FNM_EXTMATCH));
      puts("");
    }
  return 0;
}
