#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
int main(void) {
  const char *flags[] = {"", "-", "+", " ", "#", "0", "-+", "+0", "#0", "-#", " 0", "+ ", "'"};
  const char *widths[] = {"", "1", "5", "12"};
  const char *precisions[] = {"", ".", ".0", ".1", ".5", ".14"};
  const char conversions[] = "diouxX";
  const long values[] = {0, 1, -1, 7, 8, 255, -256, 65535, 123456789, INT_MAX, INT_MIN, LONG_MAX, LONG_MIN};
  char format[32];
  for (int f = 0; f < 13; f++)
    for (int w = 0; w < 4; w++)
      for (int p = 0; p < 6; p++)
        for (int c = 0; conversions[c]; c++) {
          snprintf(format, sizeof format, "%%%s%s%sl%c", flags[f], widths[w], precisions[p], conversions[c]);
          printf("%s:", format);
          for (int v = 0; v < 13; v += 3) {
            printf(" [");
            printf(format, values[v]);
            printf("]");
          }
          puts("");
        }
  for (int v = 0; v < 13; v++)
    printf("%hhd %hd %d %ld %lld %jd %zd %td %hhx %hx %x %lx %llx %jx %zx %tx %qd\n", (int)values[v], (int)values[v], (int)values[v], values[v],
           (long long)values[v], (intmax_t)values[v], (ssize_t)values[v], (ptrdiff_t)values[v], (int)values[v], (int)values[v],
           (int)values[v], values[v], (long long)values[v], (intmax_t)values[v], (size_t)values[v], (ptrdiff_t)values[v], (long long)values[v]);
  return 0;
}
