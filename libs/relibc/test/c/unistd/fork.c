#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int shared = 1;
static _Thread_local int local = 5;

static int ended(pid_t pid) {
  int status;
  if (waitpid(pid, &status, 0) != pid) return -errno;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}
static void prepare(void) { printf("prepare\n"); }
static void parent(void) { printf("parent\n"); }
static void child(void) { printf("child\n"); }

static void *threaded(void *argument) {
  local = 6;
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) {
    printf("child of a thread: local %d\n", local);
    fflush(stdout);
    return argument; /* the last thread ends the process with 0 */
  }
  printf("thread's child ended with %d\n", ended(pid));
  return argument;
}

static int compare(const void *a, const void *b) {
  static int forked;
  if (!forked) {
    forked = 1;
    pid_t pid = fork();
    if (pid == 0) _exit(31);
    printf("child of a callback: %d\n", ended(pid));
  }
  return *(const int *)a - *(const int *)b;
}

static void at_exit(void) {
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) _exit(12);
  printf("child at exit: %d\n", ended(pid));
}

int main(void) {
  setvbuf(stdout, NULL, _IOFBF, 4096);
  pid_t me = getpid();
  pid_t pid = fork();
  if (pid == 0) {
    shared = 2;
    int good = getppid() == me && getpid() != me;
    pid_t inner = fork();
    if (inner == 0) {
      shared = 3;
      _exit(shared);
    }
    _exit(ended(inner) * 10 + good + shared);
  }
  printf("nested: %d, shared stays %d\n", ended(pid), shared);

  printf("buffered twice|");
  pid = fork();
  if (pid == 0) exit(4);
  ended(pid);
  printf("\n");
  fflush(stdout);

  pid = fork();
  if (pid == 0) return 9; /* from main: exit handlers and flush */
  printf("returned from main: %d\n", ended(pid));
  fflush(stdout);
  pid = fork();
  if (pid == 0) abort();
  printf("aborted: %d\n", ended(pid));
  pid = fork();
  if (pid == 0) *(volatile int *)8 = 1;
  printf("faulted: %d\n", ended(pid));

  pthread_t thread;
  pthread_create(&thread, NULL, threaded, NULL);
  pthread_join(thread, NULL);

  int numbers[] = {3, 1, 2};
  qsort(numbers, 3, sizeof(int), compare);
  printf("sorted %d %d %d\n", numbers[0], numbers[1], numbers[2]);

  /* The error of a failed exec comes through a pipe that a successful one would close. */
  const char *programs[] = {"/no/such/program", "/tmp", "/etc/passwd/below"};
  for (int i = 0; i < 3; i++) {
    int ends[2];
    pipe2(ends, O_CLOEXEC);
    pid = vfork();
    if (pid == 0) {
      execl(programs[i], programs[i], (char *)NULL);
      int error = errno;
      write(ends[1], &error, sizeof error);
      _exit(1);
    }
    close(ends[1]);
    int error = 0;
    ssize_t got = read(ends[0], &error, sizeof error);
    close(ends[0]);
    printf("exec %d: %zd %s\n", i, got, strerror(error));
    ended(pid);
  }

  pthread_atfork(prepare, parent, child);
  fflush(stdout);
  pid = fork();
  if (pid == 0) exit(0);
  ended(pid);
  fflush(stdout);
  int none = waitpid(-1, NULL, 0);
  printf("no child: %d %s\n", none, strerror(errno));
  atexit(at_exit);
  return 0;
}
