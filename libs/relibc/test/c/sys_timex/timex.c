// The clock is read by what may also set it.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>
int main(void) {
  struct timex t;
  memset(&t, 0, sizeof t);
  int e = adjtimex(&t);
  printf("%d %d\n", e >= 0 && e <= 5, llabs(t.time.tv_sec - time(NULL)) < 5);
  printf("%ld %ld\n", t.tick, t.offset);
  struct ntptimeval n;
  e = ntp_gettimex(&n);
  printf("%d %d\n", e >= 0 && e <= 5, llabs(n.time.tv_sec - time(NULL)) < 5);
  memset(&t, 0, sizeof t);
  printf("%d\n", clock_adjtime(CLOCK_REALTIME, &t) >= 0);
  errno = 0;
  printf("%d", clock_adjtime(77, &t));
  printf(" %d\n", errno);
  return 0;
}
