#include <string.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  for (int i = 0; i < 5; i++) printf("%d ", rand());
  srand(42);
  for (int i = 0; i < 40; i++) printf("%d ", rand());
  srandom(7);
  for (int i = 0; i < 5; i++) printf("%ld ", random());
  srand(0);
  printf("%d\n", rand());
  unsigned r = 5;
  for (int i = 0; i < 5; i++) printf("%d ", rand_r(&r));
  puts("");
  for (int i = 0; i < 4; i++) printf("%.17g %ld %ld\n", drand48(), lrand48(), mrand48());
  srand48(12345);
  for (int i = 0; i < 4; i++) printf("%.17g %ld %ld\n", drand48(), lrand48(), mrand48());
  unsigned short x[3] = {1, 2, 3};
  printf("%.17g %ld %ld %d\n", erand48(x), nrand48(x), jrand48(x), x[0]);
  seed48(x);
  printf("%ld\n", lrand48());
  unsigned short p[7] = {1, 2, 3, 0xe66d, 0xdeec, 5, 11};
  lcong48(p);
  printf("%ld\n", lrand48());
  char state[128];
  char *old = initstate(3, state, 128);
  printf("%ld %ld\n", random(), random());
  setstate(old);
  printf("%ld\n", random());
  char small[32];
  initstate(3, small, 32);
  printf("%ld %ld\n", random(), random());
  struct random_data own = {0};
  char mine[256], other[8];
  int drawn;
  for (int size = 8; size <= 256; size *= 2) {
    memset(&own, 0, sizeof own);
    printf("%d:", initstate_r(7, mine, size, &own));
    for (int i = 0; i < 3; i++) printf(" %d %d", random_r(&own, &drawn), drawn);
    printf(" | %d", srandom_r(9, &own));
    for (int i = 0; i < 3; i++) printf(" %d %d", random_r(&own, &drawn), drawn);
    puts("");
  }
  memset(&own, 0, sizeof own);
  initstate_r(1, other, 8, &own);
  random_r(&own, &drawn);
  printf("%d ", drawn);
  initstate_r(1, mine, 128, &own);
  random_r(&own, &drawn);
  printf("%d ", drawn);
  printf("%d ", setstate_r(other, &own));
  random_r(&own, &drawn);
  printf("%d ", drawn);
  printf("%d ", setstate_r(mine, &own));
  random_r(&own, &drawn);
  printf("%d\n", drawn);
  return 0;
}
