#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>
static long size(const char *name) {
  int fd = open(name, O_RDONLY);
  long end = lseek(fd, 0, SEEK_END);
  close(fd);
  return end;
}
int main(void) {
  static char own[256];
  FILE *f = fopen("b", "w");
  fputs("held", f);
  printf("%ld ", size("b"));
  fflush(f);
  printf("%ld\n", size("b"));
  fclose(f);
  f = fopen("b", "w");
  setvbuf(f, NULL, _IONBF, 0);
  fputs("now", f);
  printf("%ld\n", size("b"));
  fclose(f);
  f = fopen("b", "w");
  setvbuf(f, own, _IOLBF, sizeof own);
  fputs("no newline", f);
  printf("%ld ", size("b"));
  fputs(" here\n", f);
  printf("%ld\n", size("b"));
  fclose(f);
  f = fopen("b", "w");
  setbuf(f, NULL);
  fputc('x', f);
  printf("%ld\n", size("b"));
  setlinebuf(f);
  fclose(f);
  f = fopen("b", "w+");
  for (int i = 0; i < 20000; i++) fprintf(f, "%d\n", i);
  rewind(f);
  int n, last = -1, count = 0;
  char line[32];
  while (fgets(line, sizeof line, f)) last = atoi(line), count++;
  printf("%d %d %ld\n", count, last, ftell(f));
  fclose(f);
  f = fopen("b", "r");
  printf("%d", ungetc('Z', f));
  printf("%d", ungetc('Y', f));
  printf("%c%c%c\n", fgetc(f), fgetc(f), fgetc(f));
  while (fgetc(f) != EOF) {}
  printf("%d", feof(f) != 0);
  ungetc('q', f);
  printf("%d%c\n", feof(f) != 0, getc(f));
  fclose(f);
  char *text = NULL;
  size_t room = 0;
  f = fopen("b", "w+");
  fputs("short\n\na longer line that needs more room than the first one had, and then some more to make the buffer grow beyond one hundred and twenty bytes\nlast:x", f);
  rewind(f);
  ssize_t got;
  while ((got = getline(&text, &room, f)) >= 0) printf("%zd %s|", got, text);
  rewind(f);
  printf("\n%zd ", getdelim(&text, &room, 'o', f));
  printf("%s %d\n", text, room > 0);
  free(text);
  fclose(f);
  printf("%d\n", fputs("out\n", stdout) >= 0);
  return 0;
}
