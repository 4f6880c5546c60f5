#include <cstdio>
#include <exception>
#include <unistd.h>
static void handler() {
  write(1, "terminating\n", 12);
  _exit(9);
}
int main() {
  std::set_terminate(handler);
  throw 1;
}
