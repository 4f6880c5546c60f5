#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
int main(void) {
  const char *zones[] = {"UTC", "EST5EDT", "EST5EDT,M3.2.0,M11.1.0", "CET-1CEST,M3.5.0,M10.5.0/3", "NZST-12NZDT,M9.5.0,M4.1.0/3", "<+0330>-3:30<+0430>,J79/24,J263/24", "AAA3BBB,59,300/1:30:10", "XYZ0",
                         "<-03>3", "IST-1GMT0,M10.5.0,M3.5.0/1", ":Europe/Berlin", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "Pacific/Apia", "America/Sao_Paulo",
                         "Europe/London", "Asia/Tehran", "America/St_Johns", "Antarctica/Troll", "Etc/GMT+5", "", "No/Such_Zone"};
  for (int z = 0; z < sizeof zones / sizeof *zones; z++) {
    setenv("TZ", zones[z], 1);
    tzset();
    printf("%s:\n", zones[z]);
    long sum = 0;
    for (long t = -2000000000; t < 4200000000; t += 86400 * 41 + 4567) {
      time_t at = t;
      struct tm tm = *localtime(&at), copy = tm;
      char text[80];
      strftime(text, sizeof text, "%F %T %Z %z", &tm);
      sum = sum * 31 + tm.tm_hour * 60 + tm.tm_min + tm.tm_isdst * 7 + tm.tm_gmtoff;
      copy.tm_isdst = -1;
      time_t back = mktime(&copy);
      if (back != at && labs(back - at) > 7200) printf("  mktime %ld %ld\n", t, (long)back);
      if (t % 7 == 0) printf("  %ld %s %d\n", t, text, tm.tm_isdst);
    }
    printf("  sum %lx\n", sum);
    // Every half hour of the days around two changes.
    for (long t = 1711576800; t < 1711576800 + 86400 * 8; t += 3600) {
      time_t at = t;
      struct tm tm;
      localtime_r(&at, &tm);
      sum = sum * 31 + tm.tm_hour * 60 + tm.tm_min + tm.tm_isdst * 7;
      tm.tm_isdst = -1;
      sum = sum * 31 + (labs(mktime(&tm) - at) <= 3600);
    }
    printf("  sum %lx\n", sum);
  }
  return 0;
}
