// The types of the arguments of formats.
#include <printf.h>
#include <stdio.h>
int main(void) {
  const char *formats[] = {"%d %5.*f %*s", "%hhd %hd %ld %lld %jd %zd %td", "%c %lc %C %s %ls %S %p", "%n %hhn %hn %ln %lln", "%f %Lf %a %g %hf %LE",
                           "%m %% %",      "%2$d %1$s",                     "%k %d",                  "%lk",                  "%qd %Ld %Zd",
                           "%hhs %hs %hc", "%2$*1$d",                       "%o %x %X %u %i",         "plain",                ""};
  for (int i = 0; i < 15; i++) {
    int types[8] = {-1, -1, -1, -1, -1, -1, -1, -1};
    size_t count = parse_printf_format(formats[i], 8, types);
    printf("'%s' %zu:", formats[i], count);
    for (int j = 0; j < 8; j++) printf(" %x", types[j]);
    puts("");
  }
  int one = -1;
  printf("%zu", parse_printf_format("%s %d %f", 1, &one));
  printf(" %d\n", one);
  return 0;
}
