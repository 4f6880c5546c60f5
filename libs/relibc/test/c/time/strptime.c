#include <stdio.h>
#include <string.h>
#include <time.h>
static void try(const char *text, const char *format) {
  struct tm t;
  memset(&t, 0, sizeof t);
  char *end = strptime(text, format, &t);
  printf("%s / %s: ", text, format);
  if (end) printf("%d-%d-%d %d:%d:%d %d %d %ld rest '%s'\n", t.tm_year, t.tm_mon, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, t.tm_wday, t.tm_yday, t.tm_gmtoff, end);
  else puts("no");
}
int main(void) {
  try("2024-02-29 13:45:59", "%Y-%m-%d %H:%M:%S");
  try("2024-02-29T13:45:59+0130", "%FT%T%z");
  try("Thu, 29 Feb 2024 01:02:03 PM", "%a, %d %b %Y %I:%M:%S %p");
  try("12:00 AM", "%I:%M %p");
  try("february 3", "%B %d");
  try("99/68/69", "%y/%y/%y");
  try("070", "%j");
  try("2024 60", "%Y %j");
  try("13/40/20", "%D");
  try("25:00", "%R");
  try("  12   34 rest", "%H %M");
  try("Sunday%x", "%A%%x");
  try("20 24", "%C %y");
  try("Z", "%z");
  try("12", "%n%d%t");
  try("abc", "%Y");
  return 0;
}
