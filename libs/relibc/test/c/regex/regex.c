#include <regex.h>
#include <stdio.h>
static void try(const char *pattern, const char *text, int flags, int eflags) {
  regex_t r;
  regmatch_t m[6];
  char error[80];
  int e = regcomp(&r, pattern, flags);
  printf("/%s/ '%s' %d: ", pattern, text, flags);
  if (e) {
    size_t n = regerror(e, &r, error, sizeof error);
    printf("error %d %s %zu\n", e, error, n);
    return;
  }
  int got = regexec(&r, text, 6, m, eflags);
  printf("%d (%zu)", got, r.re_nsub);
  if (!got && !(flags & REG_NOSUB))
    for (int i = 0; i <= r.re_nsub && i < 6; i++) printf(" [%d,%d]", m[i].rm_so, m[i].rm_eo);
  puts("");
  regfree(&r);
}
int main(void) {
  const char *extended[][2] = {
      {"abc", "xxabcxx"}, {"a*", "aaa"}, {"a*", "baaa"}, {"a+b?", "aab"}, {"(a|ab)(c|bcd)(d*)", "abcd"}, {"^abc$", "abc"}, {"^abc$", "xabc"}, {"[a-c]+", "xxabccba"}, {"[^a-c]+", "abcxyzabc"},
      {"[[:digit:]]+", "abc123"}, {"[[:alpha:]_][[:alnum:]_]*", "  foo_1 "}, {"(foo|bar)+", "foobarfoo"}, {"(a*)(ab)*(b*)", "abb"}, {"x{2,3}", "xxxx"}, {"x{2}", "xxxx"}, {"x{0,1}y", "xy"}, {"(ab){1,}", "ababab"},
      {"a.c", "abc"}, {"a.c", "a\nc"}, {"(a)(b)?(c)", "ac"}, {"((a)|(b))*", "ab"}, {"(wee|week)(knights|night)", "weeknights"}, {"a|b|cd|e", "xcd"}, {"()", "x"}, {"a||b", "b"}, {"[]a]+", "]a]"}, {"[a-]+", "-a-"},
      {"\\.", "a.b"}, {"\\bfoo\\b", "a foo b"}, {"\\<b", "a b"}, {"\\w+", "  word "}, {"(", "x"}, {"[a", "x"}, {"a{2,1}", "x"}, {"[[:foo:]]", "x"}, {"*a", "*a"}, {"a**", "aa"}, {"x\\", "x"}, {"(.*)c(.*)", "abcde"},
      {"([a-z]+)=([0-9]*);?", "key=42;"}, {"^$", ""}, {"(^a)", "a"}, {"a{,2}", "aa"}, {"(a+)\\1", "aaaa"}, {"(.)(.)\\2\\1", "xabbay"}, {"(a*)*", "aaa"}, {"(a*)+", "b"}, {"((ab)|c)*d", "abcabd"}, {"", "abc"}};
  for (int i = 0; i < sizeof extended / sizeof *extended; i++) {
    try(extended[i][0], extended[i][1], REG_EXTENDED, 0);
    try(extended[i][0], extended[i][1], REG_EXTENDED | REG_ICASE | REG_NEWLINE, 0);
  }
  const char *basic[][2] = {{"a\\(b\\)c", "abc"}, {"a*b", "aab"}, {"*a", "*a"}, {"\\(a*\\)b\\1", "aabaa"}, {"a\\{2\\}", "aaa"}, {"a+b", "a+b"}, {"a\\+b", "aab"}, {"a\\|b", "b"}, {"^*a", "*a"}, {"a^b", "a^b"}, {"a$b", "a$b"},
                            {"\\(^a\\)", "a"}, {"a\\{1", "a"}, {"\\(", "x"}, {"\\)", "x"}, {"[[:space:]]*x", "  x"}, {"a\\?b", "b"}, {"\\(a\\|b\\)*c", "abac"}, {"x\\{1,2\\}y", "xxy"}, {"{a}", "{a}"}};
  for (int i = 0; i < sizeof basic / sizeof *basic; i++) try(basic[i][0], basic[i][1], 0, 0);
  // An empty round sets a group where there is no other.
  const char *empty[] = {"(a*)*", "(a*)?", "((a*)*)*", "((a)*)*", "(a*)*b", "x(a*)*y", "()*", "(a|b*)*", "(c|())*b", "(a*)?\\1b"};
  const char *over[] = {"", "b", "ab", "xy", "xaay", "cab"};
  for (int i = 0; i < sizeof empty / sizeof *empty; i++)
    for (int j = 0; j < sizeof over / sizeof *over; j++) try(empty[i], over[j], REG_EXTENDED, 0);
  const char *lists[] = {"[[.space.]]", "[[.a.]]", "[[.-.]]", "[[...]]", "[[..]]", "[[.space", "[[.space.]", "[[=ab=]]", "[[=a=]]", "[[.a.]-c]", "[[.space.]-c]", "[a-[.c.]]", "[a-[.cc.]]", "[a-c-e]", "[-a]", "[a-]", "[--a]", "[a--]", "[a-c-]", "[^-a]", "[^a-c-e]", "[--]", "[%--]"};
  for (int i = 0; i < sizeof lists / sizeof *lists; i++) try(lists[i], "b-.", REG_EXTENDED, 0);
  try("ABC", "xabc", REG_ICASE, 0);
  try("[A-C]+", "xabc", REG_ICASE | REG_EXTENDED, 0);
  try("^b", "a\nb", REG_NEWLINE, 0);
  try("a$", "a\nb", REG_NEWLINE, 0);
  try("^a", "a", 0, REG_NOTBOL);
  try("a$", "a", 0, REG_NOTEOL);
  try("a", "ba", REG_NOSUB, 0);
  return 0;
}
