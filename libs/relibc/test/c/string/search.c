#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
static const char *text = "the quick brown fox jumps over the lazy dog";
static int at(const char *p) { return p ? (int)(p - text) : -1; }
int main(void) {
  printf("%d %d %d %d\n", at(strchr(text, 'q')), at(strchr(text, 'Z')), at(strchr(text, 0)), at(strchr(text, 't' + 256)));
  printf("%d %d %d\n", at(strrchr(text, 'o')), at(strrchr(text, 'Z')), at(strrchr(text, 0)));
  printf("%d %d\n", at(strchrnul(text, 'f')), at(strchrnul(text, '#')));
  printf("%d %d\n", at(index(text, 'b')), at(rindex(text, 'e')));
  printf("%d %d %d\n", at(memchr(text, 'x', 43)), at(memchr(text, 'x', 5)), at(memrchr(text, 'h', 43)));
  printf("%d\n", at(rawmemchr(text, 'z')));
  printf("%d %d %d %d\n", at(strstr(text, "fox")), at(strstr(text, "")), at(strstr(text, "cat")), at(strstr(text, "the lazy")));
  printf("%d %d\n", at(strcasestr(text, "FOX")), at(strcasestr(text, "CAT")));
  printf("%d %d %d\n", at(memmem(text, 43, "over", 4)), at(memmem(text, 10, "over", 4)), at(memmem(text, 43, "", 0)));
  printf("%zu %zu %zu %zu\n", strspn(text, "eht "), strspn(text, ""), strcspn(text, "xyz"), strcspn(text, ""));
  printf("%d %d\n", at(strpbrk(text, "xyz")), at(strpbrk(text, "XYZ")));
  printf("%zu %zu %zu\n", strlen(text), strnlen(text, 10), strnlen(text, 100));
  char tokens[] = "::one:two::three;four:";
  for (char *t = strtok(tokens, ":;"); t; t = strtok(NULL, ":;")) printf("<%s>", t);
  char again[] = "a,b;c", *save, *save2;
  for (char *t = strtok_r(again, ";", &save); t; t = strtok_r(NULL, ";", &save))
    for (char *u = strtok_r(t, ",", &save2); u; u = strtok_r(NULL, ",", &save2)) printf("(%s)", u);
  char fields[] = "x,,y,", *p = fields, *f;
  while ((f = strsep(&p, ","))) printf("[%s]", f);
  puts("");
  printf("%d %d %d %d\n", ffs(0), ffs(1), ffs(0x80), ffs(-2147483648));
  printf("%d %d\n", ffsl(1L << 40), ffsll(0));
  return 0;
}
