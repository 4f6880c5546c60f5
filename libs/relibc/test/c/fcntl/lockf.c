#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static int fd;
static void say(const char *what, long got) {
  printf("%s %ld", what, got);
  if (got < 0) printf(" %s", strerror(errno));
  puts("");
}
static void at(off_t place, const char *what, int command, off_t length) {
  lseek(fd, place, SEEK_SET);
  say(what, lockf(fd, command, length));
}
static void none(int s) {}
int main(void) {
  char name[] = "/tmp/lockfXXXXXX";
  int ready[2];
  char one;
  fd = mkstemp(name);
  write(fd, "0123456789", 10);
  at(4, "lock before", F_TLOCK, -2);
  at(6, "lock behind", F_TLOCK, 0);
  at(2, "test own", F_TEST, 0);
  at(1, "below the file", F_TLOCK, -2);
  at(0, "no such command", 4, 0);
  fflush(stdout);
  pipe(ready);
  pid_t pid = fork();
  if (pid == 0) {
    at(0, "child tests free", F_TEST, 2);
    at(0, "child tests", F_TEST, 0);
    at(3, "child tries", F_TLOCK, 1);
    at(4, "child locks", F_TLOCK, 2);
    at(99, "child tests behind", F_TEST, 1);
    struct sigaction act = {.sa_handler = none};
    sigaction(SIGALRM, &act, NULL);
    alarm(1);
    at(8, "child is interrupted", F_LOCK, 1);
    fflush(stdout);
    write(ready[1], "x", 1);
    at(2, "child waits", F_LOCK, 2);
    fflush(stdout);
    _exit(0);
  }
  read(ready[0], &one, 1);
  at(4, "parent meets", F_TLOCK, 1);
  puts("parent unlocks, which the child waits for");
  fflush(stdout);
  lseek(fd, 2, SEEK_SET);
  lockf(fd, F_ULOCK, 2);
  waitpid(pid, NULL, 0);
  at(0, "parent has all", F_TLOCK, 0);
  int reader = open(name, O_RDONLY);
  say("for reading only", lockf(reader, F_TLOCK, 1));
  say("unlock for reading only", lockf(reader, F_ULOCK, 1));
  say("closed", lockf(99, F_TEST, 1));
  unlink(name);
  return 0;
}
