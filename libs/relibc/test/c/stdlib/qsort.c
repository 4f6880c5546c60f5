#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct item { int key, order; };
static int calls;
static int by_key(const void *a, const void *b) { return calls++, ((struct item *)a)->key - ((struct item *)b)->key; }
static int by_text(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }
static int scaled(const void *a, const void *b, void *scale) { return *(int *)scale * (*(short *)a - *(short *)b); }
static int ints(const void *a, const void *b) { return (*(int *)a > *(int *)b) - (*(int *)a < *(int *)b); }
int main(void) {
  unsigned x = 7;
  for (int n = 0; n < 300; n = n * 2 + 1) {
    struct item items[300];
    for (int i = 0; i < n; i++) items[i] = (struct item){(x = x * 1664525 + 1013904223) >> 28, i};
    qsort(items, n, sizeof *items, by_key);
    for (int i = 0; i < n; i++) printf("%d.%d ", items[i].key, items[i].order);
    puts("");
  }
  printf("%d\n", calls);
  char *words[] = {"pear", "apple", "fig", "banana", "cherry", "date"};
  qsort(words, 6, sizeof *words, by_text);
  for (int i = 0; i < 6; i++) printf("%s ", words[i]);
  char *key = "fig", **found = bsearch(&key, words, 6, sizeof *words, by_text);
  printf("%d ", (int)(found - words));
  key = "grape";
  printf("%p\n", bsearch(&key, words, 6, sizeof *words, by_text));
  short s[] = {3, 1, 2};
  int scale = -1;
  qsort_r(s, 3, sizeof *s, scaled, &scale);
  printf("%d %d %d\n", s[0], s[1], s[2]);
  unsigned char odd[7 * 3] = "c__a__b__g__e__f__d__";
  qsort(odd, 7, 3, (int (*)(const void *, const void *))strcmp);
  printf("%.21s\n", odd);
  int big[1000];
  for (int i = 0; i < 1000; i++) big[i] = (x = x * 1664525 + 1013904223);
  qsort(big, 1000, 4, ints);
  int sorted = 1;
  for (int i = 1; i < 1000; i++) sorted &= big[i - 1] <= big[i];
  printf("%d %d %d\n", sorted, big[0], big[999]);
  return 0;
}
