/* A file that is nearly all hole, where others would be read whole. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE (1L << 43)

static void tell(const char *what, long got)
{
  printf("%s %ld %s\n", what, got < 0 ? -1 : got, got < 0 ? strerror(errno) : "");
}

int main(void)
{
  char name[] = "/tmp/vast-XXXXXX";
  int fd = mkostemp(name, 0);
  tell("size", ftruncate(fd, SIZE));
  fchmod(fd, 0755);
  tell("data", lseek(fd, 0, SEEK_DATA));
  tell("hole", lseek(fd, 5, SEEK_HOLE));
  tell("punch", fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, SIZE));
  tell("write", pwrite(fd, "end", 3, SIZE - 3));
  tell("data", lseek(fd, 0, SEEK_DATA));
  char *mapped = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, SIZE / 2);
  mapped[5] = 7;
  munmap(mapped, 1 << 20);
  tell("mapped", lseek(fd, 0, SEEK_DATA));
  char byte = 0;
  tell("read", pread(fd, &byte, 1, SIZE / 2 + 5));
  printf("%d\n", byte);
  int copy = open(name, O_RDONLY);
  close(fd);
  tell("exec", execl(name, name, NULL));
  printf("open %d\n", dlopen(name, RTLD_NOW) != NULL);
  close(copy);
  unlink(name);
  return 0;
}
