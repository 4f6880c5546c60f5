/* A file of a terabyte that is nearly all hole, in the folder that it is told. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
  long size = 1L << 40;
  if (argc < 2 || chdir(argv[1]) != 0)
    return 1;
  int fd = open("vast", O_RDWR | O_CREAT, 0600);
  printf("%d ", ftruncate(fd, size));
  printf("%zd %zd ", pwrite(fd, "one", 3, size / 2), pwrite(fd, "two", 3, size - 3));
  printf("%d ", fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, size - 4096));
  char byte = 1;
  printf("%zd ", pread(fd, &byte, 1, size / 2));
  printf("%d ", byte);
  printf("%d\n", lseek(fd, 0, SEEK_DATA) == size - 4096);
  fclose(fopen("small", "w"));
  return 0;
}
