/* Files beyond 4 GiB, most of them holes: sizes, blocks, data and holes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int fd;
static void tell(const char *what, long long result) { printf("%s: %lld %s\n", what, result, result < 0 ? strerror(errno) : ""); }
static void show(void) {
  struct stat s;
  fstat(fd, &s);
  printf("size %lld blocks %lld", (long long)s.st_size, (long long)s.st_blocks);
  for (off_t at = 0, end; (at = lseek(fd, at, SEEK_DATA)) >= 0; at = end) {
    end = lseek(fd, at, SEEK_HOLE);
    printf(" [%lld, %lld)", (long long)at, (long long)end);
  }
  puts("");
}
static void bytes(off_t at) {
  unsigned char text[8];
  memset(text, 9, sizeof text);
  long got = pread(fd, text, sizeof text, at);
  printf("%ld:", got);
  for (int i = 0; i < got; i++) printf(" %02x", text[i]);
  puts("");
}

int main(void) {
  const off_t giga = 1ll << 30;
  fd = open("large", O_RDWR | O_CREAT | O_TRUNC, 0600);
  tell("grow", ftruncate(fd, 3 * giga));
  show();
  bytes(3 * giga - 4);
  tell("write", pwrite(fd, "end", 3, 5 * giga + 100));
  show();
  bytes(5 * giga + 98);
  bytes(2 * giga + 1);
  tell("end", lseek(fd, 0, SEEK_END));
  tell("write", write(fd, "more", 4));
  tell("back", lseek(fd, -6, SEEK_CUR));
  char text[9] = "";
  tell("read", read(fd, text, 8));
  puts(text);
  tell("write", pwrite(fd, "x", 1, 1 << 20));
  tell("write", pwrite(fd, "across", 6, 4 * giga - 3));
  show();
  bytes(4 * giga - 4);
  tell("hole at the end", lseek(fd, 5 * giga + 101, SEEK_HOLE));
  tell("data behind", lseek(fd, 6 * giga, SEEK_DATA));
  tell("hole behind", lseek(fd, 6 * giga, SEEK_HOLE));
  tell("data within", lseek(fd, (1 << 20) + 7, SEEK_DATA));
  tell("hole within", lseek(fd, 77, SEEK_HOLE));
  char *map = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 4 * giga - 4096);
  printf("%.6s\n", map + 4093);
  map[5000] = 'm';
  munmap(map, 8192);
  bytes(4 * giga + 4096 - (8192 - 5000));
  tell("punch", fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4 * giga - 4096, 4098));
  show();
  bytes(4 * giga - 1);
  tell("shrink", ftruncate(fd, (1 << 20) + 1));
  show();
  tell("grow", ftruncate(fd, 2 * giga));
  bytes(1 << 20);
  show();
  tell("too large", ftruncate(fd, 1ll << 60));
  tell("too far", pwrite(fd, "x", 1, 1ll << 60));
  tell("nothing", ftruncate(fd, 0));
  show();
  tell("many", pwrite(fd, "0123456789", 10, 65530));
  show();
  bytes(65528);
  unlink("large");
  return 0;
}
