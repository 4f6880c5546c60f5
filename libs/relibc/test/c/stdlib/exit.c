#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static void first(void) { puts("first"); }
static void second(void) {
  puts("second");
  atexit(first);
}
static void with(int status, void *argument) { printf("on_exit %d %s\n", status, (char *)argument); }
__attribute__((constructor)) static void before(void) { puts("constructor"); }
__attribute__((constructor(101))) static void earlier(void) { puts("constructor 101"); }
__attribute__((destructor)) static void after(void) { puts("destructor"); }
__attribute__((destructor(101))) static void later(void) { puts("destructor 101"); }
int main(void) {
  atexit(first);
  atexit(second);
  on_exit(with, "argument");
  puts("main");
  exit(300 + 5);
}
