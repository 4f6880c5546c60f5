#include <fenv.h>
#include <stdio.h>
int main(void) {
  printf("%d\n", fegetround() == FE_TONEAREST);
  printf("%d\n", feclearexcept(FE_ALL_EXCEPT));
  volatile double a = 1, b = 3;
  a = a / b;
  printf("%d\n", fesetround(FE_TONEAREST));
  return 0;
}
