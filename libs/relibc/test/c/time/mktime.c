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
  char text[64];
  struct tm t;
  printf("%s%s", ctime_r(&now, text), asctime_r(localtime_r(&now, &t), text));
  printf("%.1f\n", difftime(now, now - 3));
  time_t huge = 67768036191676800;
  printf("%d\n", gmtime(&huge) == NULL);
  // What summer time is asked for that is not there; gaps and folds; the last years that a struct holds.
  const char *zones[] = {"UTC0", "Asia/Kolkata", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT4,M3.2.0,M11.1.0", "LHST-10:30LHDT-11,M10.1.0,M4.1.0", "AAA-25BBB,J60/25,300/-25"};
  for (int z = 0; z < 6; z++) {
    setenv("TZ", zones[z], 1);
    tzset();
    int days[][2] = {{2, 28}, {9, 31}, {2, 14}, {10, 7}, {9, 3}, {3, 4}, {5, 1}};
    for (int i = 0; i < 7; i++)
      for (int dst = -1; dst < 2; dst++)
        for (int h = 0; h < 4; h++) {
          struct tm m = {.tm_year = 121, .tm_mon = days[i][0], .tm_mday = days[i][1], .tm_hour = h, .tm_min = 30, .tm_sec = h * 50 - 60, .tm_isdst = dst};
          long at = mktime(&m);
          printf("%s %d %d: %ld %02d:%02d:%02d %d\n", zones[z], dst, h, at, m.tm_hour, m.tm_min, m.tm_sec, m.tm_isdst);
        }
    long last[] = {67768036191676799, 67768036191676800 + 90000, -67768040609740800, -67768040609740801 - 90000};
    for (int i = 0; i < 4; i++) {
      struct tm *l = localtime(&last[i]);
      if (l) strftime(text, sizeof text, "%C %Y %y %G-%V %j %T", l);
      printf("%s %ld\n", l ? text : "none", l ? mktime(l) : 0);
    }
  }
  struct tm far = {.tm_year = 2147483647, .tm_mon = 12, .tm_mday = 1}, five = {.tm_year = -1895};
  printf("%ld\n", mktime(&far));
  strftime(text, sizeof text, "%C %y %Y %G", &five);
  puts(text);
  for (long d = -800000; d < 800000; d += 7919) {
    time_t at = d * 86400L;
    struct tm *g = gmtime(&at);
    printf("%d-%d-%d %d %d\n", g->tm_year, g->tm_mon, g->tm_mday, g->tm_wday, g->tm_yday);
  }
  return 0;
}
