#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
static void try(const char *pattern, int flags) {
  glob_t g;
  int r = glob(pattern, flags, NULL, &g);
  printf("%s %x: %d", pattern, flags, r);
  if (!r) {
    printf(" %zu", g.gl_pathc);
    for (size_t i = 0; i < g.gl_pathc; i++) printf(" %s", g.gl_pathv[i]);
    globfree(&g);
  }
  puts("");
}
int main(void) {
  const char *files[] = {"a.c", "b.c", "B.h", ".hidden", "d/x.c", "d/sub/y.c", "e/x.c", "[z]", "{q}"};
  const char *patterns[] = {"l*/", "ld/", "d/", "d//", "*/", "*//", "d//x.c", "d//*.c", "*//*.c", "d//sub//*.c", "//tmp", "", "dang*", "dangling", "d/.", "./d/", "l*", ".//a*", "d/[s]ub/", "a.c/", "lf/",
                            "{d,e}/*.c", "{a,b}.c", "{a,b,c}.c", "x{}y", "{}", "{q}", "{a.c}", "{a,b", "{a,{b,B}}.*", "{none,a.c}", "{none,nil}", "{b,a}*", "{a.c,a.c}", "*.{c,h}", "{,a.c}", "{*.c,d/*}", "[{a,b}].c", "d{/x,/sub}*", "{a,b}{.c,.h}",
                            "~", "~/", "~root", "~nobodyhere", "~nobodyhere/x", "{~,a.c}"};
  const int flags[] = {0, GLOB_MARK, GLOB_BRACE, GLOB_NOCHECK, GLOB_BRACE | GLOB_NOCHECK, GLOB_BRACE | GLOB_NOMAGIC, GLOB_NOMAGIC, GLOB_TILDE, GLOB_TILDE_CHECK, GLOB_BRACE | GLOB_TILDE, GLOB_ONLYDIR, GLOB_NOESCAPE | GLOB_BRACE};
  mkdir("d", 0755), mkdir("d/sub", 0755), mkdir("e", 0755);
  symlink("d", "ld"), symlink("a.c", "lf"), symlink("none", "dangling");
  for (int i = 0; i < sizeof files / sizeof *files; i++) close(creat(files[i], 0644));
  for (int i = 0; i < sizeof patterns / sizeof *patterns; i++)
    for (int j = 0; j < sizeof flags / sizeof *flags; j++) try(patterns[i], flags[j]);
  try("\\{q\\}", GLOB_BRACE);
  try("\\{q,a.c}", GLOB_BRACE);
  unsetenv("HOME");
  try("~", GLOB_TILDE);
  try("~", GLOB_TILDE_CHECK);
  try("~/x", GLOB_TILDE | GLOB_NOCHECK);
  return 0;
}
