// GNU's own interface: every syntax, searches in both directions, registers of three kinds.
#include <regex.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static void try(reg_syntax_t syntax, const char *pattern, const char *text, int start, int range) {
  struct re_pattern_buffer b;
  struct re_registers r;
  memset(&b, 0, sizeof b);
  memset(&r, 0, sizeof r);
  re_set_syntax(syntax);
  const char *e = re_compile_pattern(pattern, strlen(pattern), &b);
  printf("%lx /%s/ '%s' %d%+d: ", syntax, pattern, text, start, range);
  if (e) {
    printf("%s\n", e);
    regfree(&b);
    return;
  }
  int at = re_search(&b, text, strlen(text), start, range, &r);
  printf("%d (%zu, %d)", at, b.re_nsub, b.regs_allocated);
  if (at >= 0) {
    for (int i = 0; i < r.num_regs; i++) printf(" [%d,%d]", r.start[i], r.end[i]);
    printf(" match %d", re_match(&b, text, strlen(text), start, &r));
    free(r.start);
    free(r.end);
  }
  puts("");
  regfree(&b);
}
int main(void) {
  reg_syntax_t all[] = {RE_SYNTAX_EMACS, RE_SYNTAX_POSIX_BASIC, RE_SYNTAX_POSIX_EXTENDED, RE_SYNTAX_GREP, RE_SYNTAX_EGREP, RE_SYNTAX_AWK, RE_SYNTAX_POSIX_AWK, RE_SYNTAX_GNU_AWK, RE_SYNTAX_SED, RE_SYNTAX_POSIX_MINIMAL_BASIC, RE_SYNTAX_POSIX_MINIMAL_EXTENDED};
  const char *patterns[] = {"a+b", "a\\+b", "(a|b)*c", "\\(a\\|b\\)*c", "x{2}", "x\\{2\\}", "^*a", "*a", "+a", "a|b", "(^a)", "\\(^a\\)", "a^b", "a$b", "a**", "a\\{1", "a{1", "a{1,2", "a{x}", "()", "(", ")", "\\)", "[[:alpha:]]+", "[z-a]", "[a\\]b]", "\\w*", ".", "[^a]", "a\nb", "\\1", "\\(b\\)\\1", "(b)\\1", "{1}", "a{,2}", "x{0}y", "a|*b", "(*b)", "^+", "\\<a", "a\\", "[a", "[[:foo:]]", "a||b", "(|a)b", "a?b"};
  for (int s = 0; s < sizeof all / sizeof *all; s++)
    for (int p = 0; p < sizeof patterns / sizeof *patterns; p++) {
      if (s == 3 || s == 4 || s == 7) continue;
      try(all[s], patterns[p], "xx*a+b(abc)bb\nb{a", 0, 18);
    }
  try(RE_SYNTAX_POSIX_EXTENDED, "ab", "ab ab ab", 8, -8);
  try(RE_SYNTAX_POSIX_EXTENDED, "ab", "ab ab ab", 1, 3);
  try(RE_SYNTAX_POSIX_EXTENDED, "ab", "ab ab ab", 1, 1);
  try(RE_SYNTAX_POSIX_EXTENDED, "ab", "ab", 3, 0);
  try(RE_SYNTAX_POSIX_EXTENDED, "ab", "ab", 0, -5);
  try(RE_SYNTAX_POSIX_EXTENDED | RE_ICASE, "[A-C]+\\b", "xabc d", 0, 6);
  try(RE_SYNTAX_POSIX_EXTENDED & ~RE_DOT_NEWLINE, "a.*", "a\nb", 0, 3);
  try(RE_SYNTAX_POSIX_EXTENDED | RE_HAT_LISTS_NOT_NEWLINE, "a[^x]", "a\nab", 0, 4);
  try(RE_SYNTAX_POSIX_EXTENDED | RE_NO_SUB, "(a)", "ba", 0, 2);
  struct re_pattern_buffer b;
  struct re_registers r;
  memset(&b, 0, sizeof b);
  char fold[256];
  for (int i = 0; i < 256; i++) fold[i] = i >= 'A' && i <= 'Z' ? i + 32 : i;
  b.translate = malloc(256);
  b.fastmap = malloc(256);
  memcpy(b.translate, fold, 256);
  re_set_syntax(RE_SYNTAX_EMACS);
  puts(re_compile_pattern("\\(AB\\)*c", 8, &b) ? "error" : "ok");
  regoff_t starts[4], ends[4];
  re_set_registers(&b, &r, 4, starts, ends);
  b.regs_allocated = REGS_FIXED;
  printf("%d", re_search(&b, "xaBabC", 6, 0, 6, &r));
  for (int i = 0; i < 4; i++) printf(" [%d,%d]", starts[i], ends[i]);
  b.not_bol = 1;
  printf("\n%d %d\n", re_search_2(&b, "xa", 2, "bc", 2, 0, 4, &r, 4), re_match_2(&b, "xa", 2, "bc", 2, 1, &r, 3));
  regfree(&b);
  puts(setlocale(LC_ALL, "C.UTF-8") ? "UTF-8" : "none");
  try(RE_SYNTAX_POSIX_EXTENDED, ".", "\303\251x", 0, 3);
  try(RE_SYNTAX_POSIX_EXTENDED, "x(.)y", "\303\251x\342\202\254y", 0, 7);
  try(RE_SYNTAX_POSIX_EXTENDED, "[\303\251-\303\257]+", "a\303\252\303\253b", 0, 6);
  try(RE_SYNTAX_POSIX_EXTENDED | RE_ICASE, "\303\211", "a\303\251", 0, 3);
  try(RE_SYNTAX_POSIX_EXTENDED, "\\w+", "-\303\251a-", 0, 5);
  try(RE_SYNTAX_POSIX_EXTENDED, "a.b", "a\377b a\303\251b", 0, 8);
  try(RE_SYNTAX_POSIX_EXTENDED, "[[:upper:]]", "a\303\211", 0, 3);
  try(RE_SYNTAX_POSIX_EXTENDED, "[^a]", "a\303\211", 0, 3);
  return 0;
}
