#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static void say(long got) {
  printf(" %ld", got);
  if (got < 0) printf(" (%s)", strerror(errno));
}
int main(void) {
  const char *devices[] = {"/dev/null", "/dev/zero", "/dev/urandom"};
  struct {
    long offset;
    int whence;
  } seeks[] = {{5, SEEK_SET}, {0, SEEK_CUR}, {3, SEEK_CUR}, {2, SEEK_END}, {-9, SEEK_SET}};
  for (int i = 0; i < 3; i++) {
    char bytes[4];
    int fd = open(devices[i], O_RDWR);
    printf("%s", devices[i]);
    for (int k = 0; k < 5; k++) say(lseek(fd, seeks[k].offset, seeks[k].whence));
    say(lseek(fd, 0, 99));
    say(pread(fd, bytes, 4, 8));
    say(pwrite(fd, bytes, 4, 8));
    say(pread(fd, bytes, 4, -1));
    say(read(fd, bytes, 4));
    say(lseek(fd, 0, SEEK_CUR));
    puts("");
    close(fd);
  }
  FILE *f = fopen("/dev/null", "r+");
  printf("%d %d", fputs("gone", f), fseek(f, 0, SEEK_SET));
  printf(" %d %ld\n", fgetc(f), ftell(f));
  return 0;
}
