// Indirect functions: chosen in the program, in a library, taken by address, kept in data.
#include <stdio.h>

int doubled(int x);
int (*library_pointer(void))(int);
static int three(int x) { return 3 * x; }
static int four(int x) { return 4 * x; }
static int wanted = 4;
static int (*choose(void))(int) { return wanted == 4 ? four : three; }
int scaled(int x) __attribute__((ifunc("choose")));
int (*in_data)(int) = scaled;

int main(void) {
  int (*volatile taken)(int) = doubled;
  printf("%d %d %d %d %d\n", scaled(5), in_data(6), doubled(7), taken(8), library_pointer()(9));
  printf("%d\n", library_pointer() == taken);
  return 0;
}
