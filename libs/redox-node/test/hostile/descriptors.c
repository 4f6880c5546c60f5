// A million descriptors, and as many threads and processes as there may be: each ends with an error, and the program goes on.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int main(void) {
  int first = open("/dev/null", O_RDONLY), last = first, count = 1, fd;
  while (count < 1000000 && (fd = dup(first)) >= 0) {
    last = fd;
    count++;
  }
  printf("%d %s\n", count > 1000, strerror(errno));
  printf("%d %s\n", open("/dev/null", O_RDONLY), strerror(errno));
  int p[2];
  printf("%d %s\n", pipe(p), strerror(errno));
  close(last);
  printf("%d\n", open("/dev/null", O_RDONLY) == last);
  for (fd = first + 1; fd <= last; fd++) close(fd);
  printf("%d\n", open("/dev/null", O_RDONLY) == first + 1);
  printf("%d %s\n", dup2(first, 10000000), strerror(errno));
  return 0;
}
