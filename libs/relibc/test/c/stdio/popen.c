// shell: yes
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  char line[256];
  setenv("WORD", "from the environment", 1);
  FILE *in = popen("echo first; echo $WORD; exit 3", "r");
  while (fgets(line, sizeof line, in)) printf("got %s", line);
  printf("status %x\n", pclose(in));
  FILE *out = popen("while read a b; do echo \"$b-$a\"; done", "w");
  fprintf(out, "one two\nthree four five\n");
  printf("status %x\n", pclose(out));
  FILE *a = popen("read x; echo a$x; read y; echo end$y", "w"), *b = popen("read x; echo b$x", "w");
  fprintf(b, "1\n");
  pclose(b);
  fprintf(a, "2\n");
  printf("status %x\n", pclose(a));
  printf("%d\n", popen("true", "x") == NULL && errno == EINVAL);
  FILE *plain = fopen("/dev/null", "r");
  printf("%d\n", system(NULL) != 0);
  printf("system %x\n", system("exit 5"));
  printf("system %x\n", system("kill -9 $$"));
  printf("system %x\n", system("no-such-command 2>/dev/null"));
  fclose(plain);
  return 0;
}
