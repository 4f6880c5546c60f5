#include <assert.h>
#include <unistd.h>
int main(void) {
  dup2(1, 2);
  assert(1 == 1);
  assert(1 + 1 == 3);
}
