#include <stdio.h>
#include <stdlib.h>
#include <time.h>
int main(void) {
  setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  tzset();
  printf("%s %s %ld %d\n", tzname[0], tzname[1], timezone, daylight);
  int cases[][7] = {{2024, 0, 1, 0, 0, 0, 0}, {2024, 6, 1, 12, 0, 0, 1}, {2024, 6, 1, 12, 0, 0, 0}, {2024, 0, 1, 12, 0, 0, 1}, {2024, 6, 1, 12, 0, 0, -1}, {2024, 13, 45, 30, 70, 100, -1},
                    {2024, -5, -3, -1, -1, -1, -1}, {1969, 11, 31, 23, 59, 59, 0}, {1900, 1, 29, 0, 0, 0, 0}, {2000, 1, 29, 0, 0, 0, 0}, {2038, 0, 19, 3, 14, 8, 0}, {9999, 11, 31, 23, 59, 59, -1}};
  for (int i = 0; i < 12; i++) {
    int *c = cases[i];
    struct tm t = {.tm_year = c[0] - 1900, .tm_mon = c[1], .tm_mday = c[2], .tm_hour = c[3], .tm_min = c[4], .tm_sec = c[5], .tm_isdst = c[6]}, u = t;
    long l = mktime(&t), g = timegm(&u);
    printf("%ld %d-%d-%d %d:%d:%d %d %d %d | %ld %d %d %s\n", l, t.tm_year, t.tm_mon, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, t.tm_wday, t.tm_yday, t.tm_isdst, g, u.tm_wday, u.tm_yday, u.tm_zone);
  }
  time_t now = 1700000000;
  printf("%s%s", ctime(&now), asctime(gmtime(&now)));
  char text[32];
  struct tm t;
  printf("%s%s", ctime_r(&now, text), asctime_r(localtime_r(&now, &t), text));
  printf("%.1f\n", difftime(now, now - 3));
  time_t huge = 67768036191676800;
  printf("%d\n", gmtime(&huge) == NULL);
  for (long d = -800000; d < 800000; d += 7919) {
    time_t at = d * 86400L;
    struct tm *g = gmtime(&at);
    printf("%d-%d-%d %d %d\n", g->tm_year, g->tm_mon, g->tm_mday, g->tm_wday, g->tm_yday);
  }
  return 0;
}
