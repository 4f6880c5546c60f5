// Record locks that belong to an open description (F_OFD_SETLK and its kin), beside those of processes.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int lock(int fd, int command, int type, long start, long length) {
  struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
  errno = 0;
  int got = fcntl(fd, command, &l);
  printf("%d %d", got, errno);
  if (command == F_OFD_GETLK || command == F_GETLK)
    printf(": %d %d %ld %ld %d", l.l_type, l.l_whence, (long)l.l_start, (long)l.l_len, l.l_pid == getpid() ? 1 : (int)l.l_pid);
  puts("");
  fflush(stdout);
  return got;
}

static void *waits(void *fd) {
  lock(*(int *)fd, F_OFD_SETLKW, F_WRLCK, 0, 10);
  return NULL;
}

int main(void) {
  int a = open("file", O_RDWR | O_CREAT, 0600), b = open("file", O_RDWR), reads = open("file", O_RDONLY), writes = open("file", O_WRONLY);
  int twin = dup(a);
  lock(a, F_OFD_SETLK, F_WRLCK, 0, 10);
  lock(b, F_OFD_SETLK, F_WRLCK, 5, 10);
  lock(b, F_OFD_SETLK, F_RDLCK, 5, 10);
  lock(b, F_OFD_GETLK, F_RDLCK, 5, 10);
  lock(twin, F_OFD_SETLK, F_RDLCK, 4, 2);
  lock(b, F_OFD_GETLK, F_RDLCK, 0, 0);
  lock(b, F_OFD_GETLK, F_RDLCK, 4, 2);
  // A process's lock and a description's meet even in one process.
  lock(a, F_SETLK, F_WRLCK, 0, 3);
  lock(b, F_GETLK, F_WRLCK, 0, 3);
  lock(a, F_SETLK, F_WRLCK, 20, 3);
  lock(b, F_OFD_SETLK, F_RDLCK, 20, 3);
  lock(b, F_OFD_GETLK, F_RDLCK, 20, 3);
  // Closing a descriptor frees those of the process alone.
  close(open("file", O_RDONLY));
  lock(b, F_OFD_SETLK, F_WRLCK, 20, 0);
  lock(b, F_OFD_SETLK, F_WRLCK, 0, 2);
  close(a);
  lock(b, F_OFD_SETLK, F_WRLCK, 0, 2);
  // A child has the description, and the lock with it.
  if (fork() == 0) {
    lock(twin, F_OFD_SETLK, F_WRLCK, 0, 3);
    close(twin);
    _exit(0);
  }
  wait(NULL);
  lock(b, F_OFD_SETLK, F_WRLCK, 0, 2);
  pthread_t thread;
  pthread_create(&thread, NULL, waits, &b);
  usleep(20000);
  puts("frees");
  fflush(stdout);
  close(twin);
  pthread_join(thread, NULL);
  lock(reads, F_OFD_GETLK, F_WRLCK, 0, 0);
  lock(reads, F_OFD_SETLK, F_WRLCK, 100, 1);
  lock(writes, F_OFD_SETLK, F_RDLCK, 100, 1);
  lock(b, F_OFD_SETLK, F_UNLCK, 0, 0);
  lock(reads, F_OFD_GETLK, F_WRLCK, 0, 0);
  struct flock named = {.l_type = F_RDLCK, .l_pid = 7};
  int got = fcntl(b, F_OFD_SETLK, &named);
  printf("%d %d\n", got, errno);
  lock(99, F_OFD_SETLK, F_RDLCK, 0, 0);
  return 0;
}
