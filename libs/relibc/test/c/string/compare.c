#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <locale.h>
static int sign(int n) { return (n > 0) - (n < 0); }
int main(void) {
  const char *words[] = {"", "a", "A", "ab", "aB", "b", "\xff", "a\x80", "item9", "item10", "item09", "1.002", "1.02"};
  for (int i = 0; i < 13; i++) {
    for (int j = 0; j < 13; j++) {
      const char *a = words[i], *b = words[j];
      locale_t l = newlocale(LC_ALL_MASK, "C", 0);
      printf("%d%d%d%d%d%d%d ", sign(strcmp(a, b)), sign(strncmp(a, b, 1)), sign(strcasecmp(a, b)), sign(strncasecmp(a, b, 2)),
             sign(memcmp(a, b, 1)), sign(strcoll(a, b)), sign(strverscmp(a, b)));
      printf("%d%d%d", sign(strcoll_l(a, b, l)), sign(strcasecmp_l(a, b, l)), sign(strncasecmp_l(a, b, 1, l)));
    }
    puts("");
  }
  char t[16] = "................";
  printf("%zu %s\n", strxfrm(t, "transform", 16), t);
  printf("%zu\n", strxfrm(NULL, "transform", 0));
  printf("%d %d\n", bcmp("abc", "abd", 2), sign(bcmp("abc", "abd", 3)) != 0);
  return 0;
}
