// libraries: -lrt
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
int main(void) {
  int v;
  char name[40], other[40];
  snprintf(name, sizeof name, "/bg-%d", getpid());
  snprintf(other, sizeof other, "/bg-other-%d", getpid());
  printf("%d", sem_open(name, 0) == SEM_FAILED);
  printf(" %s\n", strerror(errno));
  sem_t *s = sem_open(name, O_CREAT, 0600, 1);
  printf("%d\n", s != SEM_FAILED);
  printf("%d", sem_open(name, O_CREAT | O_EXCL, 0600, 1) == SEM_FAILED);
  printf(" %s\n", strerror(errno));
  printf("%d", sem_open("/a/b", O_CREAT, 0600, 1) == SEM_FAILED);
  printf(" %s\n", strerror(errno));
  sem_t *done = sem_open(other, O_CREAT, 0600, 0);
  sem_getvalue(s, &v);
  printf("%d\n", v);
  printf("%d", sem_wait(s));
  printf(" %d", sem_trywait(s));
  printf(" %s\n", strerror(errno));
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  t.tv_nsec += 10000000;
  if (t.tv_nsec >= 1000000000) t.tv_nsec -= 1000000000, t.tv_sec++;
  printf("%d", sem_timedwait(s, &t));
  printf(" %s\n", strerror(errno));
  fflush(stdout);
  if (fork() == 0) {
    sem_wait(s);
    puts("the child goes on");
    fflush(stdout);
    sem_post(done);
    _exit(0);
  }
  usleep(10000);
  puts("posting");
  fflush(stdout);
  sem_post(s);
  sem_wait(done);
  puts("the child is done");
  wait(NULL);
  sem_post(s);
  sem_post(s);
  sem_getvalue(s, &v);
  printf("%d\n", v);
  printf("%d %d\n", sem_close(s), sem_close(done));
  printf("%d", sem_unlink(name));
  printf(" %d", sem_unlink(other));
  printf(" %d", sem_unlink(name));
  printf(" %s\n", strerror(errno));
  return 0;
}
