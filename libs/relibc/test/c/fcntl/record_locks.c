#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>
static int fd;
static int lock(int command, int type, int whence, long start, long length) {
  struct flock l = {.l_type = type, .l_whence = whence, .l_start = start, .l_len = length, .l_pid = 7};
  int got = fcntl(fd, command, &l);
  printf("%d", got);
  if (got < 0) printf(" %s", errno == EACCES ? strerror(EAGAIN) : strerror(errno));
  if (got == 0 && command == F_GETLK) printf(" %d %d %ld %ld %d", l.l_type, l.l_whence, (long)l.l_start, (long)l.l_len, l.l_type == F_UNLCK ? 0 : l.l_pid == getppid());
  puts("");
  return got;
}
/* Runs a part in a child and waits for it. */
#define IN_CHILD(part)                \
  do {                                \
    fflush(stdout);                   \
    pid_t pid = fork();               \
    if (pid == 0) {                   \
      part;                           \
      fflush(stdout);                 \
      _exit(0);                       \
    }                                 \
    waitpid(pid, NULL, 0);            \
  } while (0)
static void none(int s) {}
int main(void) {
  char name[] = "/tmp/locksXXXXXX";
  fd = mkstemp(name);
  write(fd, "0123456789", 10);
  lock(F_SETLK, F_WRLCK, SEEK_SET, 2, 4);
  lock(F_GETLK, F_WRLCK, SEEK_SET, 0, 0);
  IN_CHILD(lock(F_GETLK, F_WRLCK, SEEK_SET, 0, 0); lock(F_GETLK, F_RDLCK, SEEK_SET, 0, 2); lock(F_SETLK, F_RDLCK, SEEK_SET, 5, 1); lock(F_SETLK, F_WRLCK, SEEK_SET, 6, 10));
  lock(F_SETLK, F_RDLCK, SEEK_SET, 3, 1);
  IN_CHILD(lock(F_SETLK, F_RDLCK, SEEK_SET, 3, 1); lock(F_SETLK, F_WRLCK, SEEK_SET, 3, 1); lock(F_SETLK, F_RDLCK, SEEK_SET, 2, 1); lock(F_GETLK, F_WRLCK, SEEK_SET, 3, 0));
  lock(F_SETLK, F_UNLCK, SEEK_SET, 3, 1);
  IN_CHILD(lock(F_SETLK, F_WRLCK, SEEK_SET, 3, 1); lock(F_SETLK, F_WRLCK, SEEK_SET, 4, 1));
  lock(F_SETLK, F_WRLCK, SEEK_END, -2, 0);
  lock(F_SETLK, F_WRLCK, SEEK_CUR, -5, -2);
  IN_CHILD(lock(F_GETLK, F_WRLCK, SEEK_SET, 6, 0); lock(F_GETLK, F_WRLCK, SEEK_SET, 100, 1));
  lock(F_SETLK, F_WRLCK, SEEK_SET, -1, 1);
  lock(F_SETLK, 9, SEEK_SET, 0, 1);
  lock(F_GETLK, F_UNLCK, SEEK_SET, 0, 1);
  // Closing any descriptor of the file frees all.
  int other = open(name, O_RDONLY);
  close(other);
  IN_CHILD(lock(F_SETLK, F_WRLCK, SEEK_SET, 0, 0));
  // Waiting for one that is freed, by its holder's end.
  int ready[2], go[2];
  char byte;
  pipe(ready);
  pipe(go);
  fflush(stdout);
  pid_t holder = fork();
  if (holder == 0) {
    struct flock l = {.l_type = F_WRLCK};
    fcntl(fd, F_SETLK, &l);
    write(ready[1], "x", 1);
    usleep(50000);
    _exit(0);
  }
  read(ready[0], &byte, 1);
  lock(F_SETLK, F_WRLCK, SEEK_SET, 0, 0);
  lock(F_SETLKW, F_WRLCK, SEEK_SET, 0, 0);
  waitpid(holder, NULL, 0);
  printf("%d\n", fcntl(ready[0], F_GETPIPE_SZ));
  // A signal that only the wait of pselect lets through.
  sigset_t block, open_;
  signal(SIGUSR1, none);
  sigemptyset(&block);
  sigaddset(&block, SIGUSR1);
  sigprocmask(SIG_BLOCK, &block, &open_);
  raise(SIGUSR1);
  fd_set set;
  FD_ZERO(&set);
  struct timespec t = {5, 0};
  int got = pselect(0, NULL, NULL, NULL, &t, &open_);
  printf("%d %s\n", got, strerror(errno));
  unlink(name);
  return 0;
}
