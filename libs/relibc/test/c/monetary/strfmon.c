// Amounts of money in the locale C.
#define _GNU_SOURCE
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <monetary.h>
#include <stdio.h>
#include <string.h>

static char b[400];
static const char *formats[] = {"%n",    "%i",      "[%12n]",  "[%-12n]", "%#5n",  "%#5.3n",    "%=*#6n",    "%^#6n",   "%(n",  "%+n", "%!n",     "%!i",  "%.0n", "%%",     "%(#5n|%!n",
                                "%=0#8.1n", "a%nb",  "%",       "%q",       "%2",     "%5%",       "%^n",       "%!(#3.2n", "%-20.4i|", "%=",  "%#n",     "%=n",  "%+(n", "%((n",    "%++n",  "%.n",
                                "%#3.0n", "%=*=+#9n", "%10#3.1n|", "%-10#12.1n|", "%=*12n"};
static const double values[] = {0, 1.5, -1.5, 1234567.891, -1234567.891, 0.005, -0.0, 1e15, 1e22, INFINITY, -INFINITY};
enum { N = sizeof values / sizeof *values };

int main(void) {
  for (int i = 0; i < (int)(sizeof formats / sizeof *formats); i++)
    for (int k = 0; k < N; k++) {
      errno = 0;
      long n = strfmon(b, sizeof b, formats[i], values[k], values[(k + 1) % N]);
      printf("%s %g: %ld %s '%s'\n", formats[i], values[k], n, n < 0 ? strerror(errno) : "", n < 0 ? "" : b);
    }
  for (int i = 0; i < 12; i++) {
    errno = 0;
    long n = strfmon(b, i, "x%5n", 12.345);
    printf("%d %ld %s\n", i, n, strerror(errno));
  }
  printf("%ld", strfmon(b, sizeof b, "%Ln %#4Li", -12345.678L, 1e300L));
  printf(" %s\n", b);
  locale_t utf8 = newlocale(LC_ALL_MASK, "C.UTF-8", NULL);
  printf("%ld", strfmon_l(b, sizeof b, utf8, "\u20ac %#4n", 7.0));
  printf(" %s\n", b);
  return 0;
}
