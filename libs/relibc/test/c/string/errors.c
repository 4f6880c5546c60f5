#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <signal.h>
int main(void) {
  char text[64];
  for (int i = -1; i < 140; i++) printf("%d %s\n", i, strerror(i));
  printf("%s\n", strerror_r(ENOENT, text, sizeof text));
  printf("%s\n", strerror_r(9999, text, sizeof text));
  printf("%s\n", strerror_l(EINTR, 0));
  printf("%s %s\n", strerrorname_np(EPERM), strerrordesc_np(EPERM));
  for (int i = 0; i < 70; i++) printf("%d %s\n", i, strsignal(i));
  for (int i = 1; i < 32; i++) printf("%s %s\n", sigabbrev_np(i), sigdescr_np(i));
  return 0;
}
