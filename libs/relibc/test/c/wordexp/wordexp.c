// shell: yes
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wordexp.h>

static void show(const char *text, int flags) {
  wordexp_t w;
  memset(&w, 0, sizeof w);
  int r = wordexp(text, &w, flags);
  printf("%s -> %d", text, r);
  if (r == 0) {
    printf(" %zu", w.we_wordc);
    for (size_t k = 0; k < w.we_wordc; k++) printf(" [%s]", w.we_wordv[k]);
    printf("%s", w.we_wordv[w.we_wordc] ? " more" : "");
    wordfree(&w);
  }
  puts("");
}

static const char *texts[] = {
    "", " ", "plain", "two words", "\ttabs\t and  spaces ", "x${V}y", "\"x${V}y\"", "$S", "'$V'", "\"\"", "''", "a''b", "$E", "a$L b", "$L", "${#V}", "${V#a}", "${V##*b}",
    "${V%c}", "${V%%b*}", "${U:-d e}", "${U-x}y", "${E:-z}", "${E-z}", "${U:=new}$U", "${V:+alt}", "${U2+alt}", "$", "a$", "$V$V", "${V", "${}", "${V!}",
    "`echo a b`", "$(echo 'a  b'; echo c)x", "\"$(echo a; echo b; echo)\"", "a$(exit 3)b", "$(if)", "$(echo", "`echo", "$(echo $(echo deep))", "`echo \\`echo deep\\``", "$((1+2*3))", "$((2*(3-5)))",
    "$[4/2]", "$((1/0))", "$((-7/2))", "$(( 3 + ))", "$((V))", "$((N+1))", "$(($N*2))x", "a\\ b", "a\\", "a\\\nb", "a|b", "a&b", "a;b", "a<b", "a>b", "a\nb", "(a)", "{a}", "\"(a|b)\"",
    "~", "~/x", "~root/x", "~nobody_here", "a~", "x=~ y=~", "\"~\"", "a=b:~", "'abc", "\"abc", "\"a\\\"b\\c\"", "*.zz", "'*'", "f*", "f?.c", "\"f\"*", "f\\*", "[fg]1.c", "*/in*", "$P", "pre$V*",
    "one\"two\"'three'\\four", "$C", "$(printf 'a:b c')"};

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  char folder[] = "/tmp/wordexpXXXXXX";
  mkdtemp(folder);
  chdir(folder);
  mkdir("sub", 0755);
  static const char *files[] = {"f1.c", "f2.c", "g1.c", "sub/inside", "f*"};
  for (int i = 0; i < 5; i++) close(open(files[i], O_CREAT | O_WRONLY, 0644));
  setenv("HOME", "/home/of me", 1);
  setenv("V", "a b  c", 1);
  setenv("S", "*.zz", 1);
  setenv("E", "", 1);
  setenv("L", " lead trail ", 1);
  setenv("N", "20", 1);
  setenv("P", "f*", 1);
  setenv("C", "x:y::z", 1);
  for (int i = 0; i < (int)(sizeof texts / sizeof *texts); i++) {
    unsetenv("U");
    show(texts[i], 0);
  }
  puts("flags");
  show("$(echo a)", WRDE_NOCMD);
  show("`echo a`", WRDE_NOCMD);
  show("$NOBODY", WRDE_UNDEF);
  show("${NOBODY:-x}", WRDE_UNDEF);
  freopen("/dev/null", "w", stderr);
  show("${NOBODY:?message}", 0);
  show("${V:?message}", 0);
  show("${NOBODY+x}", WRDE_UNDEF);
  show("${#NOBODY}", WRDE_UNDEF);
  wordexp_t w;
  w.we_offs = 2;
  printf("%d", wordexp("a b", &w, WRDE_DOOFFS));
  printf(" %d", wordexp("c $V", &w, WRDE_DOOFFS | WRDE_APPEND));
  printf(" %d", wordexp("bad|", &w, WRDE_DOOFFS | WRDE_APPEND));
  printf(" %zu %zu %d %d", w.we_wordc, w.we_offs, w.we_wordv[0] == NULL, w.we_wordv[1] == NULL);
  for (size_t i = 0; i <= w.we_wordc; i++) printf(" %s", w.we_wordv[2 + i] ? w.we_wordv[2 + i] : "(end)");
  puts("");
  printf("%d", wordexp("again", &w, WRDE_DOOFFS | WRDE_REUSE));
  printf(" %zu %s\n", w.we_wordc, w.we_wordv[2]);
  wordfree(&w);
  setenv("IFS", ":", 1);
  show("$C", 0);
  show("$V", 0);
  setenv("IFS", "", 1);
  show("$V", 0);
  return 0;
}
