#include <errno.h>
#include <stdio.h>
#include <string.h>
int main(void) {
  int a = -1;
  long b = -1;
  signed char h = -1;
  printf("[%s] [%10s] [%-10s] [%.2s] [%10.3s] [%-10.0s] [%.*s]\n", "abc", "abc", "abc", "abc", "abcdef", "abc", 2, "xyz");
  printf("[%c] [%5c] [%-5c] [%c]\n", 'x', 'y', 'z', 0);
  printf("[%*d] [%-*d] [%*d] [%.*d]\n", 5, 42, 5, 42, -5, 42, -3, 42);
  printf("%2$s %1$s %2$s %3$*4$d|%3$-*4$d|%3$.*5$d\n", "world", "hello", 7, 6, 3);
  printf("%%|%5%|%-5%|\n");
  printf("12345%n67890%hhn%ln\n", &a, &h, &b);
  printf("%d %d %ld\n", a, h, b);
  printf("[%p] [%12p] [%-12p] [%p] [%p]\n", (void *)0x1234, (void *)0x1234, (void *)0x1234, NULL, (void *)-1L);
  printf("[%s] [%.3s] [%.6s] [%10s]\n", (char *)NULL, (char *)NULL, (char *)NULL, (char *)NULL);
  printf("%d\n", printf("%s", ""));
  errno = ENOENT;
  printf("%m|%10m|%-40m|\n");
  char unterminated[3] = {'a', 'b', 'c'};
  printf("[%.3s]\n", unterminated);
  char small[4];
  printf("%d", snprintf(small, sizeof small, "%s", "truncated"));
  printf(" [%s]\n", small);
  printf("%d\n", snprintf(NULL, 0, "%d %s", 12345, "hello"));
  printf("%d\n", snprintf(small, 1, "x"));
  printf("[%s]\n", small);
  printf("%ls|%.2ls|%5ls|%lc\n", L"wide", L"wide", L"ab", L'c');
  printf("%S|%C\n", L"WIDE", L'C');
  printf("[%1000d]\n[%.500d]\n", 1, 2);
  return 0;
}
