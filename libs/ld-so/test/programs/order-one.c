#include <stdio.h>
#ifdef NEXT
void NEXT(void);
#endif
__attribute__((constructor)) static void begin(void) { puts("one begins"); }
__attribute__((destructor)) static void end(void) { puts("one ends"); }
void one(void) {
  static int depth;
  puts("one");
#ifdef NEXT
  if (depth++ == 0) NEXT();
#endif
}
