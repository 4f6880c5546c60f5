#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  char *before = sbrk(0);
  char *got = sbrk(10000);
  printf("%d\n", got == before);
  memset(got, 7, 10000);
  printf("%d %d\n", got[9999], (char *)sbrk(0) - before == 10000);
  printf("%d\n", brk(before));
  printf("%d\n", (char *)sbrk(0) == before);
  shm_unlink("/bootgraph-corpus");
  int fd = shm_open("/bootgraph-corpus", O_RDWR | O_CREAT, 0600);
  printf("%d\n", ftruncate(fd, 4096));
  char *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  strcpy(m, "shared");
  int again = shm_open("/bootgraph-corpus", O_RDONLY, 0);
  char *n = mmap(NULL, 4096, PROT_READ, MAP_SHARED, again, 0);
  puts(n);
  printf("%d\n", shm_unlink("/bootgraph-corpus"));
  printf("%d", shm_open("/bootgraph-corpus", O_RDONLY, 0));
  printf(" %s\n", strerror(errno));
  return 0;
}
