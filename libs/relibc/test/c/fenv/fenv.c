#define _GNU_SOURCE
#include <fenv.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile double zero = 0, one = 1, three = 3, huge = 1e308, tiny = 1e-308;
static volatile float onef = 1, sevenf = 7;
static sigjmp_buf back;

static const char *flags(void) {
  static char text[64];
  int f = fetestexcept(FE_ALL_EXCEPT);
  snprintf(text, sizeof text, "%s%s%s%s%s", f & FE_INVALID ? "invalid " : "", f & FE_DIVBYZERO ? "zero " : "", f & FE_OVERFLOW ? "over " : "",
           f & FE_UNDERFLOW ? "under " : "", f & FE_INEXACT ? "inexact" : "");
  return text;
}
static void trapped(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)context;
  siglongjmp(back, info->si_code);
}
static __attribute__((noinline)) double sum(int n) {
  double s = 0;
  for (int i = 1; i <= n; i++) s += one / i;
  return s;
}

int main(void) {
  volatile double x;
  feclearexcept(FE_ALL_EXCEPT);
  printf("none: %s\n", flags());
  x = one / three, printf("1/3: %s\n", flags());
  feclearexcept(FE_INEXACT), x = one / zero, printf("1/0: %s\n", flags());
  feclearexcept(FE_ALL_EXCEPT), x = zero / zero, printf("0/0: %s\n", flags());
  feclearexcept(FE_ALL_EXCEPT), x = huge * 10, printf("over: %s\n", flags());
  feclearexcept(FE_ALL_EXCEPT), x = tiny / 1e10, printf("under: %s\n", flags());
  fexcept_t kept;
  fegetexceptflag(&kept, FE_ALL_EXCEPT), feclearexcept(FE_ALL_EXCEPT), fesetexceptflag(&kept, FE_UNDERFLOW), printf("one back: %s\n", flags());
  feraiseexcept(FE_INVALID), printf("raised: %s\n", flags());

  static const int modes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
  for (int i = 0; i < 4; i++) {
    printf("fesetround %d %d\n", fesetround(modes[i]), fegetround() == modes[i]);
    double s = sum(5000);
    long double l = 1;
    for (int n = 1; n < 20; n++) l /= 3;
    float f = onef / sevenf;
    printf("%a %a %La %.3f %.3f %g %.2e %.1a\n", s, f, l, 2.0005, -2.0005, 1234567.5, -9.999e9, 1.0 / 3);
    printf("%g %g %g %ld %lld %d %d\n", rint(2.5), nearbyint(-2.5), rint(-0.25), lrint(1.5), llrint(-7.5), (int)2.9, (int)x);
    printf("%.0f %.0f %.0f %.0f\n", 0.5, 1.5, -0.5, 99.5);
  }
  printf("bad mode %d\n", fesetround(1) != 0);

  fenv_t environment;
  fesetround(FE_UPWARD), feholdexcept(&environment);
  x = one / three;
  printf("held: %s, up %d\n", flags(), fegetround() == FE_UPWARD);
  fesetround(FE_DOWNWARD), feupdateenv(&environment);
  printf("updated: %s, up %d\n", flags(), fegetround() == FE_UPWARD);
  fesetenv(FE_DFL_ENV);
  printf("default: %s, nearest %d, traps %d\n", flags(), fegetround() == FE_TONEAREST, fegetexcept());

  struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigaction(SIGFPE, &action, NULL);
  printf("enable %d %d\n", feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW), fegetexcept());
  int code = sigsetjmp(back, 1);
  if (code == 0) x = one / zero;
  printf("trap %d\n", code == FPE_FLTDIV);
  /* a handler may have started with a fresh environment, which siglongjmp keeps */
  feclearexcept(FE_ALL_EXCEPT), feenableexcept(FE_INVALID), code = sigsetjmp(back, 1);
  if (code == 0) x = zero / zero;
  printf("trap %d\n", code == FPE_FLTINV);
  feclearexcept(FE_ALL_EXCEPT), feenableexcept(FE_OVERFLOW), code = sigsetjmp(back, 1);
  if (code == 0) x = huge * huge;
  printf("trap %d\n", code == FPE_FLTOVF);
  fedisableexcept(FE_ALL_EXCEPT), feenableexcept(FE_UNDERFLOW);
  x = one / three;
  printf("disable %d %d\n", fedisableexcept(FE_ALL_EXCEPT), fegetexcept());

  fesetround(FE_UPWARD);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    printf("child: up %d %a\n", fegetround() == FE_UPWARD, one / three);
    fflush(stdout);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  printf("parent: %a\n", one / three);
  return 0;
}
