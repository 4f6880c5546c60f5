// Thread-local storage in every model, from a program and a library, in two threads.
#include <pthread.h>
#include <stdio.h>

extern __thread int exported;
int *library_global(void);
int *library_local(int which);
int library_initial(void);
long *library_descriptor(void);
void *aligned_block(void);

__thread int here = 11;
static __thread int zeroed;
static __thread int *to_global = 0;
__thread char text[32] = "initial text";

static void *body(void *name) {
  here += *(char *)name;
  zeroed++;
  exported += 2;
  *library_global() += 3;
  *library_local(0) += 4;
  *library_local(1) += 5;
  *library_descriptor() += 6;
  if (!to_global) to_global = &here;
  printf("%s: %d %d %d %d %d %d %d %ld %d %s %d\n", (char *)name, here, zeroed, exported, *library_global(), *library_local(0),
         *library_local(1), library_initial(), *library_descriptor(), *to_global == here, text, (int)((unsigned long)aligned_block() % 128));
  return 0;
}

int main(void) {
  pthread_t one;
  body("a");
  pthread_create(&one, 0, body, "b");
  pthread_join(one, 0);
  body("a");
  return 0;
}
