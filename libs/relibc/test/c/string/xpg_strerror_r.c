// flags: -U_GNU_SOURCE -D_POSIX_C_SOURCE=200809L
#include <errno.h>
#include <stdio.h>
#include <string.h>
int main(void) {
  char text[64] = "", tiny[6] = "";
  printf("%d", strerror_r(EACCES, text, sizeof text));
  printf(" %s\n", text);
  printf("%d", strerror_r(EACCES, tiny, sizeof tiny) == ERANGE);
  printf(" %s\n", tiny);
  printf("%d", strerror_r(12345, text, sizeof text) == EINVAL);
  printf(" %s\n", text);
  return 0;
}
