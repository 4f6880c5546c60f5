#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static int flag;
static struct option options[] = {{"alpha", 0, 0, 'a'}, {"beta", 1, 0, 'b'}, {"gamma", 2, 0, 'g'}, {"flag", 0, &flag, 7}, {"flavour", 0, 0, 'f'}, {0, 0, 0, 0}};
static void run(const char *spec, int kind, int argc, char **words) {
  char *argv[16];
  memcpy(argv, words, argc * sizeof *argv);
  argv[argc] = NULL;
  optind = 0;
  flag = 0;
  printf("%s:", spec);
  for (int c, index = -1; (c = kind == 0 ? getopt(argc, argv, spec) : kind == 1 ? getopt_long(argc, argv, spec, options, &index) : getopt_long_only(argc, argv, spec, options, &index)) != -1; index = -1) {
    printf(" %c(%d)", c > 31 ? c : '0', c);
    if (optarg) printf("=%s", optarg);
    printf("[%d]", optopt);
    if (index >= 0) printf("#%d", index);
  }
  printf(" | %d flag %d:", optind, flag);
  for (int i = optind; i < argc; i++) printf(" %s", argv[i]);
  puts("");
}
#define RUN(spec, kind, ...) run(spec, kind, sizeof (char *[]){"prog", __VA_ARGS__} / sizeof(char *), (char *[]){"prog", __VA_ARGS__})
int main(void) {
  dup2(1, 2);
  setvbuf(stdout, NULL, _IONBF, 0);
  printf("%d\n", optopt);
  RUN("ab:c", 0, "-a", "-b", "value", "-c", "operand");
  RUN("ab:c", 0, "-abvalue", "x", "-c");
  RUN("ab:c", 0, "x", "-a", "y", "-b1", "z");
  RUN("+ab:c", 0, "x", "-a", "y");
  RUN("-ab:c", 0, "x", "-a", "y");
  RUN("ab:c", 0, "-a", "--", "-b", "x");
  RUN("ab:c", 0, "-z", "-a");
  RUN(":ab:c", 0, "-z", "-b");
  RUN("ab:c", 0, "-b");
  RUN("ab::c", 0, "-b", "x", "-by");
  RUN("ab:c", 0, "-", "-a");
  RUN("ab:", 1, "--alpha", "--beta", "1", "--beta=2", "--gamma", "--gamma=3", "--flag", "x");
  RUN("ab:", 1, "--al", "--fla", "--bet=x");
  RUN("ab:", 1, "--unknown", "--alpha=1", "--beta");
  RUN("ab:", 1, "x", "--alpha", "y", "-b", "z", "w", "--flag");
  RUN("ab:", 1, "x", "y", "--", "-a", "--alpha");
  RUN("ab:", 2, "-alpha", "-beta", "1", "-a", "-unknown");
  RUN("aW;", 1, "-W", "alpha", "-Wbeta=3", "-W", "beta", "4", "x", "-aWgamma");
  RUN("aW;", 1, "-Wnone", "-W", "fla", "-Walpha=1", "-W", "beta");
  RUN("aW;", 1, "-W");
  RUN(":aW;", 1, "-W");
  RUN("aW;", 0, "-W", "alpha", "-a");
  optopt = 5;
  RUN("a", 0, "-a");
  return 0;
}
