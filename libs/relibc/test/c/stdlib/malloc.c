#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static unsigned seed = 1;
static unsigned next(void) { return seed = seed * 1103515245 + 12345, seed >> 8; }
int main(void) {
  for (size_t n = 0; n < 5000; n = n * 3 / 2 + 1) {
    char *p = malloc(n);
    printf("%d%d ", (uintptr_t)p % 16 == 0, malloc_usable_size(p) >= n);
    memset(p, 1, n);
    free(p);
  }
  unsigned char *c = calloc(1000, 7);
  int sum = 0;
  for (int i = 0; i < 7000; i++) sum |= c[i];
  printf("\n%d\n", sum);
  for (int i = 0; i < 7000; i++) c[i] = i;
  c = realloc(c, 1000000);
  for (int i = 0; i < 7000; i++) sum |= c[i] ^ (i & 255);
  printf("%d\n", sum);
  c = realloc(c, 10);
  for (int i = 0; i < 10; i++) sum |= c[i] ^ i;
  printf("%d\n", sum);
  c = reallocarray(c, 100, 100);
  printf("%d\n", c[9]);
  printf("%d", reallocarray(c, SIZE_MAX / 2, 3) == NULL);
  printf(" %d\n", errno == ENOMEM);
  free(c);
  for (size_t a = 16; a <= 65536; a *= 4) {
    void *p = NULL;
    printf("%d", posix_memalign(&p, a, 100));
    printf("%d%d%d ", (uintptr_t)p % a == 0, (uintptr_t)memalign(a, 10) % a == 0, (uintptr_t)aligned_alloc(a, a) % a == 0);
    free(p);
  }
  void *p;
  printf("%d %d\n", posix_memalign(&p, 3, 8) == EINVAL, posix_memalign(&p, 4, 8) == EINVAL);
  printf("%d %d\n", (uintptr_t)valloc(10) % 4096 == 0, (uintptr_t)pvalloc(10) % 4096 == 0);
  errno = 0;
  printf("%d", malloc(SIZE_MAX - 100) == NULL);
  printf(" %d", errno == ENOMEM);
  printf(" %d\n", calloc(SIZE_MAX / 2, 4) == NULL);
  unsigned char *live[64] = {0};
  size_t sizes[64];
  int bad = 0;
  for (int i = 0; i < 4000; i++) {
    int k = next() % 64;
    if (live[k])
      for (size_t j = 0; j < sizes[k]; j += 97) bad |= live[k][j] != k;
    size_t n = next() % (next() % 16 ? 600 : 200000);
    if (next() % 3 == 0) {
      free(live[k]);
      live[k] = NULL;
    } else {
      live[k] = realloc(live[k], n + 1);
      memset(live[k], k, n + 1);
      sizes[k] = n + 1;
    }
  }
  printf("%d\n", bad);
  for (int k = 0; k < 64; k++) free(live[k]);
  free(NULL);
  printf("%d %d\n", malloc_trim(0) >= 0, mallinfo2().uordblks > 0);
  printf("%d\n", mallopt(M_MMAP_THRESHOLD, 65536));
  return 0;
}
