// Prints "name input… result" as bits, `argv[1]` lines per function, from a fixed seed.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static uint64_t state = 88172645463325252ULL;
static double unit(void) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return (state >> 11) * 0x1p-53;
}
enum { TEN, ONE, HUNDRED, DECADES, EXPONENTS, TURNS, NEAR_ONE, OCTAVES, FACTORIALS };
static double input(int kind) {
  switch (kind) {
  case TEN: return (unit() * 2 - 1) * 10;
  case ONE: return unit() * 2 - 1;
  case HUNDRED: return unit() * 100;
  case DECADES: return pow(10, (unit() * 2 - 1) * 300);
  case EXPONENTS: return (unit() * 2 - 1) * 700;
  case TURNS: return (unit() * 2 - 1) * 1e5;
  case NEAR_ONE: return 1 + (unit() * 2 - 1) * 0.1;
  case OCTAVES: return (unit() < .5 ? -1 : 1) * exp2((unit() * 2 - 1) * 20);
  default: return unit() * 170;
  }
}
static uint64_t bits(double x) {
  uint64_t b;
  memcpy(&b, &x, 8);
  return b;
}
static const struct { const char *name; double (*f)(double); int kinds[4]; } functions[] = {
#define F(n, ...) {#n, n, {__VA_ARGS__}}
    F(exp, TEN, EXPONENTS, ONE, OCTAVES), F(exp2, TEN, EXPONENTS, ONE, OCTAVES), F(exp10, TEN, ONE, OCTAVES, OCTAVES), F(expm1, TEN, EXPONENTS, ONE, OCTAVES),
    F(log, HUNDRED, DECADES, NEAR_ONE, DECADES), F(log2, HUNDRED, DECADES, NEAR_ONE, DECADES), F(log10, HUNDRED, DECADES, NEAR_ONE, DECADES),
    F(log1p, HUNDRED, ONE, NEAR_ONE, DECADES), F(sin, TEN, TURNS, ONE, OCTAVES), F(cos, TEN, TURNS, ONE, OCTAVES), F(tan, TEN, TURNS, ONE, OCTAVES),
    F(asin, ONE, ONE, ONE, ONE), F(acos, ONE, ONE, ONE, ONE), F(atan, TEN, TURNS, ONE, OCTAVES), F(sinh, TEN, EXPONENTS, ONE, OCTAVES),
    F(cosh, TEN, EXPONENTS, ONE, OCTAVES), F(tanh, TEN, ONE, OCTAVES, OCTAVES), F(asinh, TEN, TURNS, ONE, OCTAVES), F(acosh, HUNDRED, DECADES, NEAR_ONE, HUNDRED),
    F(atanh, ONE, ONE, ONE, ONE), F(cbrt, TEN, DECADES, ONE, OCTAVES), F(erf, TEN, ONE, ONE, OCTAVES), F(erfc, TEN, ONE, HUNDRED, OCTAVES),
    F(lgamma, TEN, HUNDRED, FACTORIALS, OCTAVES), F(tgamma, TEN, ONE, FACTORIALS, OCTAVES), F(sqrt, HUNDRED, DECADES, NEAR_ONE, DECADES)};
static const struct { const char *name; double (*f)(double, double); int kinds[4]; } pairs[] = {
    F(pow, DECADES, OCTAVES, HUNDRED, TEN), F(atan2, OCTAVES, TEN, TEN, TURNS), F(hypot, TEN, HUNDRED, DECADES, DECADES), F(fmod, DECADES, TEN, TURNS, ONE)};
int main(int argc, char **argv) {
  int lines = atoi(argv[1]);
  for (int i = 0; i < sizeof functions / sizeof *functions; i++)
    for (int k = 0; k < lines; k++) {
      double x = input(functions[i].kinds[k % 4]);
      printf("%s %016lx %016lx\n", functions[i].name, bits(x), bits(functions[i].f(x)));
    }
  for (int i = 0; i < sizeof pairs / sizeof *pairs; i++)
    for (int k = 0; k < lines; k++) {
      double x = input(pairs[i].kinds[k % 2 * 2]), y = input(pairs[i].kinds[k % 2 * 2 + 1]);
      printf("%s %016lx %016lx %016lx\n", pairs[i].name, bits(x), bits(y), bits(pairs[i].f(x, y)));
    }
  return 0;
}
