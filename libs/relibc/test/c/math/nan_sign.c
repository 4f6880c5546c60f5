/* The sign of a NaN is one: what only moves signs moves it, what only passes a number on keeps it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile int many = 1;

static void bits(const char *name, double value) {
  unsigned long long word;
  memcpy(&word, &value, sizeof word);
  printf(" %s %016llx", name, word);
}

static void bits_of_float(const char *name, float value) {
  unsigned word;
  memcpy(&word, &value, sizeof word);
  printf(" %s %08x", name, word);
}

int main(void) {
  double (*copy)(double, double) = copysign;
  float (*copyf)(float, float) = copysignf;
  const char *texts[] = {"nan", "-nan", "1.5", "-1.5", "-0", "-inf"};
  const int count = sizeof texts / sizeof *texts;
  for (int i = 0; i < count; i++) {
    double x = strtod(texts[i], NULL);
    float f = strtof(texts[i], NULL);
    printf("%s: %f %e %a %g %Lf %d %d %d\n", texts[i], x, x, x, f, strtold(texts[i], NULL), !!__signbit(x), !!__signbitf(f), !!__signbitl(x));
    for (int j = 0; j < count; j++) {
      double y = strtod(texts[j], NULL);
      bits("copysign", copy(x, y));
      bits_of_float("copysignf", copyf(f, (float)y));
    }
    puts("");
    double whole;
    int exponent;
    double (*same[])(double) = {ceil, floor, rint, nearbyint, round, trunc, fabs};
    for (unsigned j = 0; j < sizeof same / sizeof *same; j++) bits("", same[j](x * many));
    bits("modf", modf(x * many, &whole));
    bits("whole", whole);
    bits("frexp", frexp(x * many, &exponent));
    bits("ldexp", ldexp(x * many, 3));
    puts("");
  }
  return 0;
}
