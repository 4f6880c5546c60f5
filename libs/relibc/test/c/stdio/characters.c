#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(void) {
  int c;
  char line[16];
  setvbuf(stdout, NULL, _IOFBF, 512);
  printf("%c", getchar());
  printf("%c", getc(stdin));
  printf("%c\n", fgetc(stdin));
  printf("%s", fgets(line, 4, stdin));
  printf("|%s", fgets(line, sizeof line, stdin));
  printf("%s|\n", fgets(line, 1, stdin));
  ungetc('@', stdin);
  while ((c = getchar_unlocked()) != EOF) putchar(c == '\n' ? '/' : c);
  putchar('\n');
  putc('a', stdout);
  putchar_unlocked('b');
  putc_unlocked('c', stdout);
  fputc_unlocked('d', stdout);
  fputs_unlocked("e\n", stdout);
  fwrite_unlocked("raw\n", 1, 4, stdout);
  printf("%d %d\n", feof(stdin) != 0, feof_unlocked(stdin) != 0);
  clearerr_unlocked(stdin);
  printf("%d %d\n", ferror_unlocked(stdin), fgetc_unlocked(stdin));
  printf("%d %d\n", fileno(stdin), fileno_unlocked(stdout));
  printf("%p\n", (void *)fgets(line, sizeof line, stdin));
  flockfile(stdout);
  printf("%d\n", ftrylockfile(stdout));
  funlockfile(stdout);
  funlockfile(stdout);
  struct { short a; int b; } in[3] = {{1, 2}, {3, 4}, {5, 6}}, out[4];
  FILE *f = fopen("binary", "w+");
  printf("%zu\n", fwrite(in, sizeof *in, 3, f));
  rewind(f);
  printf("%zu", fread(out, sizeof *out, 4, f));
  printf(" %d %d %d\n", out[0].b, out[2].a, feof(f) != 0);
  fpos_t at;
  fseek(f, 8, SEEK_SET);
  printf("%d ", fgetpos(f, &at));
  rewind(f);
  printf("%d %ld\n", fsetpos(f, &at), ftell(f));
  printf("%zu %zu\n", fread(out, 0, 4, f), fwrite(in, 4, 0, f));
  fclose(f);
  fflush(stdout);
  fputs("written last, by exit", stdout);
  return 7;
}
