// A function that the model has no row for, called from some depth and without frame pointers.
#include <stdio.h>
#include <sys/quota.h>

#define PLAIN __attribute__((noinline, noclone, noipa, optimize("omit-frame-pointer")))

PLAIN int inner(int a) { return quotactl(a, "none", 0, 0) + 1; }
PLAIN int middle(int a) {
  char room[500];
  sprintf(room, "%d", a);
  return inner(room[0] - '0') + 1;
}
PLAIN int outer(int a) { return a == 0 ? middle(1) + 1 : outer(a - 1) + 1; }

int main(void) {
  printf("%d\n", outer(2));
  return 0;
}
