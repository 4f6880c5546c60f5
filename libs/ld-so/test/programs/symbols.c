// Which definition wins: interposition, weak and hidden ones, copies of a library's data, versions, protected symbols.
#include <stdio.h>

extern int counter;
extern int *counter_of_library(void);
extern const char *const names[2];
int versioned(void);
int through_library(void);
int own(void) { return 1; }
__attribute__((weak)) int absent(void);
__attribute__((weak)) int defined_twice(void) { return 5; }
int hidden_in_library(void);
int symbolic(void) { return 100; }
int ask_symbolic(void);

int main(void) {
  counter += 5;
  printf("%d %d\n", counter, counter_of_library() == &counter);
  printf("%s %s\n", names[0], names[1]);
  printf("%d %d %d\n", versioned(), through_library(), absent == 0);
  printf("%d %d %d\n", defined_twice(), hidden_in_library(), ask_symbolic());
  return 0;
}
