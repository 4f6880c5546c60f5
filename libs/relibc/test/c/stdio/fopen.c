#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static void show(const char *name) {
  FILE *f = fopen(name, "r");
  int c;
  printf("%s:", name);
  if (!f) {
    printf(" %s\n", strerror(errno));
    return;
  }
  while ((c = fgetc(f)) != EOF) printf(c < 32 ? "\\%d" : "%c", c);
  printf(" eof %d error %d\n", feof(f) != 0, ferror(f) != 0);
  fclose(f);
}
int main(void) {
  FILE *f = fopen("a", "w");
  fputs("one\ntwo\n", f);
  printf("%d\n", fgetc(f));
  printf("error %d\n", ferror(f) != 0);
  clearerr(f);
  printf("error %d\n", ferror(f) != 0);
  fclose(f);
  show("a");
  f = fopen("a", "a+");
  printf("%ld\n", ftell(f));
  fputs("three", f);
  printf("%ld\n", ftell(f));
  rewind(f);
  printf("%c\n", fgetc(f));
  fputc('!', f);
  fclose(f);
  show("a");
  f = fopen("a", "r+");
  fseek(f, 4, SEEK_SET);
  fwrite("TWO", 1, 3, f);
  fseek(f, -2, SEEK_END);
  printf("%c", fgetc(f));
  printf(" %ld\n", ftell(f));
  fclose(f);
  show("a");
  f = fopen("a", "w+");
  printf("%d\n", fgetc(f));
  fputs("new", f);
  fseeko(f, 1, SEEK_SET);
  printf("%c %ld\n", fgetc(f), (long)ftello(f));
  fclose(f);
  printf("%d", fopen("a", "wx") == NULL);
  printf(" %s\n", strerror(errno));
  printf("%d", fopen("none/such", "w") == NULL);
  printf(" %s\n", strerror(errno));
  printf("%d", fopen("a", "q") == NULL);
  printf(" %s\n", strerror(errno));
  show("missing");
  f = fopen("e", "we");
  printf("cloexec %d\n", fcntl(fileno(f), F_GETFD));
  fclose(f);
  int fd = open("a", O_RDONLY);
  f = fdopen(fd, "r");
  printf("%d %c\n", fileno(f) == fd, getc(f));
  f = freopen("e", "w", f);
  fputs("reopened", f);
  fclose(f);
  show("e");
  printf("%d %d\n", remove("a"), remove("a"));
  printf("%d\n", remove("e"));
  f = tmpfile();
  fputs("temporary", f);
  rewind(f);
  char text[20] = {0};
  printf("%zu %s\n", fread(text, 1, sizeof text, f), text);
  fclose(f);
  return 0;
}
