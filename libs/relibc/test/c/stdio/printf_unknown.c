#include <errno.h>
#include <stdio.h>
#include <string.h>
#define SHOW(...) \
  do { \
    errno = 0; \
    int count = printf(__VA_ARGS__); \
    int error = errno; \
    printf("|%d %s\n", count, strerror(error)); \
  } while (0)
int main(void) {
  char text[20] = "unwritten";
  SHOW("%y");
  SHOW("%d %y %d", 1, 2);
  SHOW("%+-08.3y %#' Iy %ly %5k");
  SHOW("abc%");
  SHOW("abc%z");
  SHOW("%d%-", 5);
  SHOW("%s%lc", "before", 0xe9);
  int made = snprintf(text, sizeof text, "abc%");
  printf("%d %s\n", made, text);
  SHOW("%b %#b %08b %-6b| %llb %hhb %.4b %#b", 5, 5, 5, 5, -1LL, 257, 3, 0);
  return 0;
}
