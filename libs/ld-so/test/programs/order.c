// Initialisers and finalisers of a program and of libraries that need one another.
#include <stdio.h>
#include <stdlib.h>

void one(void);
void two(void);

static void early(int argc, char **argv, char **envp) { printf("preinit %d %d\n", argc, argv[0] != 0 && envp != 0); }
__attribute__((section(".preinit_array"), used)) static void (*const first)(int, char **, char **) = early;
__attribute__((constructor(201))) static void b(void) { puts("program constructor 201"); }
__attribute__((constructor(101))) static void a(void) { puts("program constructor 101"); }
__attribute__((destructor)) static void z(void) { puts("program destructor"); }
static void at_exit(void) { puts("atexit"); }

int main(void) {
  atexit(at_exit);
  one();
  two();
  return 3;
}
