#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
  int fd = open("f", O_RDWR | O_CREAT, 0644);
  write(fd, "hello mapped file", 17);
  char *m = mmap(NULL, 100, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  printf("%.17s %d\n", m, m[50]);
  memcpy(m, "HELLO", 5);
  printf("%d\n", msync(m, 4096, MS_SYNC));
  char t[20] = {0};
  pread(fd, t, 17, 0);
  puts(t);
  char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  p[0] = 'J';
  pread(fd, t, 17, 0);
  printf("%s %c\n", t, p[0]);
  printf("%d %d\n", munmap(m, 100), munmap(p, 4096));
  char *a = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(a, 7, 8192);
  char *b = mremap(a, 8192, 65536, MREMAP_MAYMOVE);
  printf("%d %d %d\n", b[0], b[8191], b[8192]);
  printf("%d", mprotect(b, 4096, PROT_READ));
  printf(" %d\n", madvise(b + 4096, 4096, MADV_DONTNEED));
  printf("%d\n", b[4096]);
  printf("%d", mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
  printf(" %s\n", strerror(errno));
  printf("%d", mmap(NULL, 10, PROT_READ, MAP_PRIVATE, 99, 0) == MAP_FAILED);
  printf(" %s\n", strerror(errno));
  printf("%d", mmap(NULL, 10, PROT_READ, MAP_PRIVATE, fd, 5) == MAP_FAILED);
  printf(" %s\n", strerror(errno));
  struct { int flags, fd; } wrong[] = {{MAP_PRIVATE, -1}, {MAP_SHARED, -1}, {0, fd}, {MAP_ANONYMOUS, -1}, {0, -1}};
  for (int i = 0; i < 5; i++) {
    errno = 0;
    printf("%d", mmap(NULL, 4096, PROT_READ, wrong[i].flags, wrong[i].fd, 0) == MAP_FAILED);
    printf(" %s\n", strerror(errno));
  }
  int advice[] = {MADV_NORMAL, MADV_WILLNEED, 5, 999, -1}, flags[] = {0, MS_ASYNC, MS_SYNC | MS_INVALIDATE, MS_SYNC | MS_ASYNC, 8, 99};
  for (int i = 0; i < 5; i++) errno = 0, printf("%d", madvise(b, 4096, advice[i])), printf(" %s\n", strerror(errno));
  for (int i = 0; i < 6; i++) errno = 0, printf("%d", msync(b, 4096, flags[i])), printf(" %s\n", strerror(errno));
  printf("%d %d\n", madvise(b + 1, 10, MADV_NORMAL), msync(b + 1, 10, MS_SYNC));
  int m2 = memfd_create("name", 0);
  ftruncate(m2, 100);
  printf("%ld\n", (long)lseek(m2, 0, SEEK_END));
  printf("%d %d\n", mlock(b, 4096), munlock(b, 4096));
  return 0;
}
