#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <stdlib.h>
int main(void) {
  int a = -1, b = -1, c = -1, n = -1;
  unsigned u;
  long l;
  long long ll;
  short h;
  signed char hh;
  char s[64] = "", t[64] = "", ch[8] = "";
  float f;
  double d;
  long double ld;
  void *p;
  printf("%d %d %d %d\n", sscanf("1 -2 +3", "%d%d%d", &a, &b, &c), a, b, c);
  printf("%d %d %d %d\n", sscanf("0x1f 017 42", "%i%i%i", &a, &b, &c), a, b, c);
  printf("%d %x %o\n", sscanf("ff 777", "%x%o", &a, &b), a, b);
  printf("%d %u %ld %lld %hd %hhd\n", sscanf("4294967295 9223372036854775807 -9223372036854775808 70000 300", "%u%ld%lld%hd%hhd", &u, &l, &ll, &h, &hh), u, l, ll, h, hh);
  printf("%d [%s] [%s]\n", sscanf("  hello   world ", "%s %s", s, t), s, t);
  printf("%d [%s] [%s]\n", sscanf("abcdef", "%3s%s", s, t), s, t);
  memset(ch, '.', 7);
  printf("%d [%s]\n", sscanf("xyz", "%2c", ch), ch);
  printf("%d [%s] [%s]\n", sscanf("abc123]x", "%[a-z]%[]0-9]", s, t), s, t);
  printf("%d [%s]\n", sscanf("key=value", "%[^=]=%s", s, t), s);
  printf("%d [%s]\n", sscanf("123abc", "%*d%s", s), s);
  printf("%d %d %d\n", sscanf("12:34", "%d:%d%n", &a, &b, &n), a, n);
  printf("%d\n", sscanf("12-34", "%d:%d", &a, &b));
  printf("%d\n", sscanf("", "%d", &a));
  printf("%d\n", sscanf("   ", "%d", &a));
  printf("%d\n", sscanf("abc", "%d", &a));
  printf("%d %g %g %Lg\n", sscanf("1.5 -2.5e3 0x1.8p1", "%f%lf%Lf", &f, &d, &ld), f, d, ld);
  printf("%d %g\n", sscanf("inf", "%lf", &d), d);
  printf("%d %d\n", sscanf("nan(12)", "%lf%n", &d, &n), n);
  printf("%d\n", sscanf("1e", "%lf", &d));
  printf("%d\n", sscanf("0x", "%x", &a));
  printf("%d %g [%s]\n", sscanf("1.2.3", "%lf%s", &d, s), d, s);
  printf("%d %d\n", sscanf("50%", "%d%%%n", &a, &n), n);
  printf("%d %d %d\n", sscanf("3 4", "%2$d %1$d", &a, &b), a, b);
  printf("%d %p\n", sscanf("0xdeadbeef", "%p", &p), p);
  printf("%d %d %d\n", sscanf("123456", "%3d%2d", &a, &b), a, b);
  char *m = NULL;
  printf("%d", sscanf("allocated text", "%ms", &m));
  printf(" [%s]\n", m);
  free(m);
  printf("%d", sscanf("abc;def", "%m[^;]", &m));
  printf(" [%s]\n", m);
  free(m);
  wchar_t w[16];
  printf("%d %ls\n", sscanf("wide", "%ls", w), w);
  printf("%d %d %d\n", sscanf("-", "%d", &a), sscanf("+5", "%u", &u), u);
  printf("%d %d %jd %zd\n", sscanf("7 8", "%jd%zd", &ll, &l), 0, ll, l);
  printf("%d\n", scanf("%d %d", &a, &b));
  printf("%d %d\n", a, b);
  printf("%d ", scanf("%s", s));
  printf("%s\n", s);
  printf("%d ", scanf(" %[^\n]", s));
  printf("%s\n", s);
  printf("%d ", fscanf(stdin, "%d", &a));
  printf("%c\n", getchar());
  printf("%d\n", fscanf(stdin, "%*s%d", &a));
  printf("%d\n", scanf("%d", &a));
  return 0;
}
