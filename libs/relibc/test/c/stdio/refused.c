#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#define ASK(call) \
  do { \
    errno = 0; \
    long answer = (long)(call); \
    printf("%s: %ld, errno %d\n", #call, answer, errno); \
  } while (0)
int main(void) {
  size_t room = 0;
  char *line = NULL;
  char block[20] = "";
  int reader = open("f", O_CREAT | O_RDONLY, 0600), writer = open("f", O_WRONLY);
  ASK(fdopen(reader, "w"));
  ASK(fdopen(reader, "r+"));
  ASK(fdopen(writer, "r"));
  ASK(fdopen(writer, "a") != NULL);
  ASK(fdopen(reader, "r") != NULL);
  ASK(fdopen(77, "r"));
  ASK(setvbuf(stdout, NULL, 99, 0));
  ASK(getline(NULL, &room, stdin));
  ASK(getline(&line, NULL, stdin));
  FILE *f = fmemopen(block, 10, "w+");
  fputs("0123456789abc", f);
  ASK(fflush(f));
  ASK(ferror(f));
  printf("%s\n", block);
  fclose(f);
  f = fmemopen(block, 10, "w");
  fputs("0123456789", f);
  ASK(fflush(f));
  printf("%.10s|\n", block);
  fputs("more", f);
  ASK(fflush(f));
  fclose(f);
  strcpy(block, "12345678");
  f = fmemopen(block, 10, "a");
  fputs("ab", f);
  ASK(fflush(f));
  printf("%.10s|\n", block);
  fclose(f);
  return 0;
}
