// Programs that have the system keep things for them until it refuses: bytes kept, the refusal, and whether there is room again afterwards.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
static char piece[1 << 16];
static int fds[1 << 16];

static long filled(int fd) {
  long kept = 0;
  for (ssize_t n; (n = write(fd, piece, sizeof piece)) > 0; kept += n);
  return kept;
}
static int files(long *kept) {
  int full = 0;
  char name[16];
  for (int i = 0; i < 3; i++) {
    sprintf(name, "/tmp/%d", i);
    int fd = open(name, O_CREAT | O_RDWR, 0600);
    if (fd < 0) continue;
    *kept += filled(fd);
    full = errno;
    close(fd);
  }
  for (int i = 0; i < 3; i++) sprintf(name, "/tmp/%d", i), unlink(name);
  return full;
}
static int open_files(long *kept) {
  int fd = open("/tmp/f", O_CREAT | O_RDWR, 0600);
  unlink("/tmp/f");
  *kept = filled(fd);
  int full = errno;
  close(fd);
  return full;
}
static int inodes(long *kept) {
  char name[32];
  int full, made = 0;
  for (;; made++) {
    sprintf(name, "/tmp/%d", made);
    int fd = open(name, O_CREAT | O_RDWR, 0600);
    if (fd < 0) break;
    close(fd);
  }
  full = errno;
  *kept = made * 2048L;
  while (made--) sprintf(name, "/tmp/%d", made), unlink(name);
  return full;
}
static int pairs(long *kept, int make(int *)) {
  int full, made = 0;
  while (made < 1 << 15 && !make(fds + 2 * made)) {
    fcntl(fds[2 * made + 1], F_SETFL, O_NONBLOCK);
    *kept += filled(fds[2 * made++ + 1]);
  }
  full = errno;
  for (int i = 0; i < 2 * made; i++) close(fds[i]);
  return full;
}
static int joined(int *both) { return socketpair(AF_UNIX, SOCK_STREAM, 0, both); }
static int datagrams(long *kept) {
  int full;
  for (int i = 0; i < 64; i += 2) socketpair(AF_UNIX, SOCK_DGRAM, 0, fds + i);
  for (int i = 0; i < 64; i += 2) {
    fcntl(fds[i], F_SETFL, O_NONBLOCK);
    *kept += filled(fds[i]);
    full = errno;
  }
  for (int i = 0; i < 64; i++) close(fds[i]);
  return full;
}
static int kept_by(const char *what, long *kept) {
  if (!strcmp(what, "files")) return files(kept);
  if (!strcmp(what, "open files")) return open_files(kept);
  if (!strcmp(what, "inodes")) return inodes(kept);
  if (!strcmp(what, "pipes")) return pairs(kept, pipe);
  if (!strcmp(what, "sockets")) return pairs(kept, joined);
  return datagrams(kept);
}
int main(int argc, char **argv) {
  long first = 0, second = 0;
  int full = kept_by(argv[1], &first);
  kept_by(argv[1], &second);
  printf("%s %ld %ld\n", full == ENOSPC ? "ENOSPC" : full == ENOMEM ? "ENOMEM" : strerror(full), first, second);
  return argc - 2;
}
