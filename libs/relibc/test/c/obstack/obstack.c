#include <obstack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int chunks, freed;
static void *take(long n) {
  chunks++;
  return malloc(n);
}
static void give(void *p) {
  freed++;
  free(p);
}
static void *take_with(void *arg, long n) {
  ++*(int *)arg;
  return malloc(n);
}
static void give_with(void *arg, void *p) {
  --*(int *)arg;
  free(p);
}
#define obstack_chunk_alloc take
#define obstack_chunk_free give
int main(void) {
  struct obstack o;
  int live = 0;
  printf("%d\n", obstack_init(&o));
  printf("%ld %d %d\n", (long)obstack_chunk_size(&o), obstack_alignment_mask(&o), (int)obstack_room(&o));
  char *first = obstack_copy0(&o, "first", 5);
  for (int i = 0; i < 3000; i++) {
    obstack_grow(&o, "0123456789", 10);
    if (i % 7 == 0) obstack_1grow(&o, 'x');
  }
  obstack_1grow(&o, 0);
  int size = obstack_object_size(&o);
  char *long_one = obstack_finish(&o);
  printf("%s %d %zu %d %d\n", first, size, strlen(long_one), chunks, freed);
  for (int i = 0; i < 100; i++) {
    int *p = obstack_alloc(&o, sizeof *p * 20);
    *p = i;
    if ((long)p % 16) puts("not aligned");
  }
  printf("%d %d\n", chunks, obstack_memory_used(&o));
  printf("%d %d\n", _obstack_allocated_p(&o, first), _obstack_allocated_p(&o, &o));
  obstack_printf(&o, "%s-%d-%5.2f|", "text", 42, 3.14159);
  obstack_printf(&o, "%600s", "wide");
  obstack_1grow(&o, 0);
  char *made = obstack_finish(&o);
  printf("%.20s %zu\n", made, strlen(made));
  obstack_free(&o, long_one);
  printf("%d %s\n", obstack_object_size(&o), first);
  obstack_free(&o, NULL);
  printf("%d %d\n", chunks, freed);
  obstack_specify_allocation_with_arg(&o, 200, 8, take_with, give_with, &live);
  for (int i = 0; i < 50; i++) obstack_copy(&o, "some bytes that fill it", 24);
  printf("%d\n", live);
  obstack_free(&o, NULL);
  printf("%d %d\n", live, obstack_exit_failure);
  return 0;
}
