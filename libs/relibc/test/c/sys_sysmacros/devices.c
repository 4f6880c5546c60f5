// Numbers of devices taken apart and put together, keys of files.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
int main(void) {
  unsigned pairs[][2] = {{8, 1}, {0, 0}, {4095, 255}, {4096, 256}, {0xffffffff, 0xffffffff}, {0x12345678, 0x9abcdef0}, {1, 0x100000}};
  for (int i = 0; i < 7; i++) {
    unsigned long long device = gnu_dev_makedev(pairs[i][0], pairs[i][1]);
    printf("%llx %x %x\n", device, gnu_dev_major(device), gnu_dev_minor(device));
  }
  close(open("file", O_CREAT | O_WRONLY, 0666));
  struct stat s;
  stat("file", &s);
  printf("%d", ftok("file", 0x1a5) == (key_t)((s.st_ino & 0xffff) | ((s.st_dev & 0xff) << 16) | (0xa5u << 24)));
  printf(" %d", ftok("file", 1) == ftok("./file", 1));
  printf(" %d", ftok("nothing", 1));
  printf(" %d\n", errno);
  return 0;
}
