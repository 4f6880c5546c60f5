#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static ssize_t from(void *cookie, char *into, size_t room) {
  int *left = cookie;
  size_t n = 0;
  while (n < room && *left > 0) into[n++] = 'a' + --*left;
  return n;
}
static ssize_t to(void *cookie, const char *text, size_t size) {
  printf("<%.*s>", (int)size, text);
  return size;
}
static int closed(void *cookie) {
  printf("closed\n");
  return 0;
}
int main(void) {
  char *text = NULL;
  size_t size = 0;
  FILE *f = open_memstream(&text, &size);
  fprintf(f, "hello %d", 42);
  fflush(f);
  printf("%zu %s\n", size, text);
  fputs(" and more", f);
  fclose(f);
  printf("%zu %s\n", size, text);
  free(text);
  char room[] = "in memory";
  int a = 0;
  char word[16];
  f = fmemopen(room, strlen(room), "r");
  printf("%d ", fscanf(f, "%15s", word));
  printf("%s %c %d\n", word, (fgetc(f), fgetc(f)), fseek(f, 0, SEEK_SET));
  fclose(f);
  char buffer[16] = "";
  f = fmemopen(buffer, sizeof buffer, "w");
  fprintf(f, "%d-%d", 1, 2);
  fclose(f);
  printf("%s\n", buffer);
  int left = 5;
  f = fopencookie(&left, "r", (cookie_io_functions_t){from, 0, 0, closed});
  printf("%s\n", fgets(word, sizeof word, f));
  fclose(f);
  f = fopencookie(&left, "w", (cookie_io_functions_t){0, to, 0, closed});
  fputs("to the cookie", f);
  fclose(f);
  return 0;
}
