#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define TRY(text, format, target) \
  do { \
    int end = -1; \
    errno = 0; \
    int filled = sscanf(text, format "%n", target, &end); \
    printf("[%s] %s: %d, %d bytes, errno %d\n", text, format, filled, end, errno); \
  } while (0)
int main(void) {
  long long l = 1;
  unsigned long long u = 1;
  int i = 1;
  float f = 1;
  double d = 1;
  void *p = &l;
  char set[10] = "";
  TRY("99999999999999999999", "%lld", &l);
  printf("%lld\n", l);
  TRY("-99999999999999999999", "%lld", &l);
  printf("%lld\n", l);
  TRY("99999999999", "%d", &i);
  printf("%d\n", i);
  TRY("99999999999999999999", "%llu", &u);
  printf("%llu\n", u);
  TRY("-99999999999999999999", "%llu", &u);
  printf("%llu\n", u);
  TRY("-1", "%llu", &u);
  printf("%llu\n", u);
  TRY("1e400", "%lf", &d);
  TRY("1e-400", "%lf", &d);
  TRY("1e40", "%f", &f);
  TRY("1e40", "%lf", &d);
  TRY("0x.p1", "%lf", &d);
  printf("%a\n", d);
  TRY("0xp1", "%lf", &d);
  TRY("(nil)", "%p", &p);
  printf("%d\n", p == NULL);
  TRY("(nil)", "%4p", &p);
  TRY("(nix)", "%p", &p);
  TRY("0x1f", "%p", &p);
  TRY("z-a-", "%[z-a]", set);
  printf("%s\n", set);
  TRY("abcd", "%[a-c]", set);
  printf("%s\n", set);
  return 0;
}
