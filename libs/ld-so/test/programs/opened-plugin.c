#include <stdio.h>
int from_program(void);
__thread int plugin_local = 61;
static int calls;
__attribute__((constructor)) static void begin(void) { puts("plugin begins"); }
__attribute__((destructor)) static void end(void) { printf("plugin ends after %d\n", calls); }
int plugin_value(int x) { return x + from_program() + calls++ + plugin_local++; }
