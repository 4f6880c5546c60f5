#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int compare(const void *a, const void *b) { return *(int *)a - *(int *)b; }
static void show(const void *node, VISIT which, int depth) {
  if (which == postorder || which == leaf) printf("%d ", **(int **)node);
}
static void release(void *key) { printf("(%d)", *(int *)key); }
struct element { struct element *next, *before; int n; };
int main(void) {
  void *root = NULL;
  static int keys[20];
  for (int i = 0; i < 20; i++) {
    keys[i] = i * 7 % 20;
    int **found = tsearch(&keys[i], &root, compare);
    printf("%d", **found == keys[i]);
  }
  puts("");
  twalk(root, show);
  int wanted = 7, absent = 99;
  printf("\n%d %p\n", **(int **)tfind(&wanted, &root, compare), tfind(&absent, &root, compare));
  for (int i = 0; i < 20; i += 3) printf("%d", tdelete(&i, &root, compare) != NULL);
  printf(" %p\n", tdelete(&absent, &root, compare));
  twalk(root, show);
  for (int i = 0; i < 20; i++) tdelete(&i, &root, compare);
  printf("\n%p\n", root);
  tsearch(&keys[0], &root, compare);
  tdestroy(root, release);
  puts("");
  hcreate(10);
  ENTRY e = {"one", (void *)1L}, f = {"two", (void *)2L};
  hsearch(e, ENTER);
  hsearch(f, ENTER);
  e.data = NULL;
  printf("%ld %p\n", (long)hsearch(e, FIND)->data, hsearch((ENTRY){"three", 0}, FIND));
  hdestroy();
  int list[8] = {5, 3, 8};
  size_t n = 3;
  wanted = 8;
  printf("%d ", (int)((int *)lfind(&wanted, list, &n, 4, compare) - list));
  wanted = 9;
  printf("%p ", lfind(&wanted, list, &n, 4, compare));
  printf("%d %zu\n", (int)((int *)lsearch(&wanted, list, &n, 4, compare) - list), n);
  struct element a = {0, 0, 1}, b = {0, 0, 2}, c = {0, 0, 3};
  insque(&a, NULL);
  insque(&b, &a);
  insque(&c, &a);
  for (struct element *p = &a; p; p = p->next) printf("%d", p->n);
  remque(&c);
  for (struct element *p = &a; p; p = p->next) printf("%d", p->n);
  puts("");
  return 0;
}
