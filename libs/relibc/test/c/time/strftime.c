#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
int main(void) {
  setenv("TZ", "EST5EDT", 1);
  tzset();
  const char letters[] = "aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%";
  const time_t times[] = {0, 951782399, 1720000000, 1735689599, 1704067200, -1, 253402300799, 1609459200};
  char format[16], text[128];
  for (int i = 0; i < 8; i++)
    for (int k = 0; k < 2; k++) {
      struct tm t = k ? *gmtime(&times[i]) : *localtime(&times[i]);
      for (int l = 0; letters[l]; l++) {
        sprintf(format, "%%%c", letters[l]);
        strftime(text, sizeof text, format, &t);
        printf("%s=%s;", format, text);
      }
      puts("");
      const char *flagged[] = {"%-d|%_d|%05d|%e|%-e|%0e", "%^a|%^B|%#Z|%#p|%^b", "%10Y|%_6Y|%-m|%_m|%-H|%_H", "%Ey|%Od|%EY|%Om", "%-j|%_j|%5j|%-S|%-I", "%3C|%10a|%-y", "%q|%Q|%E|%"};
      for (int f = 0; f < 6; f++) {
        strftime(text, sizeof text, flagged[f], &t);
        puts(text);
      }
    }
  struct tm t = *gmtime(&times[2]);
  printf("%zu %zu %zu\n", strftime(text, 5, "%Y", &t), strftime(text, 4, "%Y", &t), strftime(text, 100, "", &t));
  for (int y = 1995; y < 2030; y++)
    for (int d = -4; d < 5; d++) {
      struct tm w = {.tm_year = y - 1900, .tm_mon = 0, .tm_mday = d};
      timegm(&w);
      strftime(text, sizeof text, "%F %G-W%V-%u %U %W %g", &w);
      puts(text);
    }
  return 0;
}
