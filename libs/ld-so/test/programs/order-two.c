#include <stdio.h>
#ifdef NEXT
void NEXT(void);
#endif
__attribute__((constructor)) static void begin(void) { puts("two begins"); }
__attribute__((destructor)) static void end(void) { puts("two ends"); }
void two(void) {
  static int depth;
  puts("two");
#ifdef NEXT
  if (depth++ == 0) NEXT();
#endif
}
