#include <stdio.h>
#ifdef NEXT
void NEXT(void);
#endif
__attribute__((constructor)) static void begin(void) { puts("three begins"); }
__attribute__((destructor)) static void end(void) { puts("three ends"); }
void three(void) {
  static int depth;
  puts("three");
#ifdef NEXT
  if (depth++ == 0) NEXT();
#endif
}
