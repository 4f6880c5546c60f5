#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char block[200000];

static int set(int fd, long size) {
  errno = 0;
  int got = fcntl(fd, F_SETPIPE_SZ, size);
  printf("set %ld: %d %d, now %d\n", size, got, errno, fcntl(fd, F_GETPIPE_SZ));
  return got;
}

int main(void) {
  int ends[2];
  if (pipe2(ends, O_NONBLOCK)) return 1;
  printf("at first %d %d\n", fcntl(ends[0], F_GETPIPE_SZ), fcntl(ends[1], F_GETPIPE_SZ));
  long sizes[] = {32768, 4096, 1, 0, 5000, 65536, 65537, 131072, 1048576, -1, 0x100000000L, 16384};
  for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) set(ends[i % 2], sizes[i]);
  struct pollfd out = {.fd = ends[1], .events = POLLOUT};
  ssize_t done = write(ends[1], block, sizeof block);
  int ready = poll(&out, 1, 0);
  printf("takes %zd, ready %d\n", done, ready);
  set(ends[1], 4096);
  set(ends[1], 16384);
  set(ends[0], 65536);
  ready = poll(&out, 1, 0);
  done = write(ends[1], block, sizeof block);
  printf("grown, ready %d, takes %zd\n", ready, done);
  do printf("gives %zd\n", done = read(ends[0], block, 12288));
  while (done > 0);
  for (unsigned i = 0; i < 8192; i++) block[i] = i * 7;
  write(ends[1], block, 8192);
  set(ends[1], 8192);
  char back[8192];
  done = read(ends[0], back, sizeof back);
  printf("kept: %zd %d\n", done, memcmp(back, block, 8192));
  /* A writer that waits goes on when there is more room. */
  int waits[2];
  if (pipe(waits)) return 1;
  set(waits[0], 4096);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) _exit(write(waits[1], block, 40000) == 40000 ? 7 : 8);
  usleep(20000);
  set(waits[0], 65536);
  int status;
  waitpid(child, &status, 0);
  printf("writer %d\n", WEXITSTATUS(status));
  int file = open("/dev/null", O_RDWR);
  set(file, 4096);
  set(-1, 4096);
  return 0;
}
