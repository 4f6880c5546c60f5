#define _GNU_SOURCE
/* Memory that processes share: counters, process-shared mutex, condition and semaphore, a file mapped by two, what comes late and what is unmapped. */
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
struct shared {
  atomic_long atomic;
  long plain;
  pthread_mutex_t mutex;
  pthread_cond_t cond;
  int turn;
  sem_t sem;
  char text[5000];
};
int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  struct shared *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_t mutex;
  pthread_mutexattr_init(&mutex);
  pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(&s->mutex, &mutex);
  pthread_condattr_t cond;
  pthread_condattr_init(&cond);
  pthread_condattr_setpshared(&cond, PTHREAD_PROCESS_SHARED);
  pthread_cond_init(&s->cond, &cond);
  sem_init(&s->sem, 1, 0);
  strcpy(s->text + 4500, "before");
  enum { CHILDREN = 3, TIMES = 20000 };
  for (int child = 0; child < CHILDREN; child++)
    if (fork() == 0) {
      for (int i = 0; i < TIMES; i++) {
        atomic_fetch_add(&s->atomic, 1);
        pthread_mutex_lock(&s->mutex);
        s->plain++;
        pthread_mutex_unlock(&s->mutex);
      }
      pthread_mutex_lock(&s->mutex);
      while (s->turn != child) pthread_cond_wait(&s->cond, &s->mutex);
      sprintf(s->text + child * 10, "child %d", child);
      s->turn++;
      pthread_cond_broadcast(&s->cond);
      pthread_mutex_unlock(&s->mutex);
      sem_post(&s->sem);
      _exit(0);
    }
  for (int i = 0; i < CHILDREN; i++) sem_wait(&s->sem);
  printf("%ld %ld %d %s %s %s %s\n", atomic_load(&s->atomic), s->plain, s->turn, s->text, s->text + 10, s->text + 20, s->text + 4500);
  while (wait(NULL) > 0) continue;

  /* A grandchild's words reach its grandparent; what is private does not. */
  int own = 1;
  if (fork() == 0) {
    if (fork() == 0) {
      strcpy(s->text, "grandchild");
      own = 2;
      _exit(0);
    }
    wait(NULL);
    strcat(s->text, " and child");
    munmap(s, sizeof *s);
    _exit(0);
  }
  wait(NULL);
  printf("%s, %d\n", s->text, own);

  /* Spinning on a word. */
  s->turn = 0;
  if (fork() == 0) {
    while (*(volatile int *)&s->turn == 0) continue;
    *(volatile int *)&s->turn = 2;
    _exit(0);
  }
  *(volatile int *)&s->turn = 1;
  while (*(volatile int *)&s->turn != 2) continue;
  wait(NULL);
  printf("answered\n");

  /* What one process has alone moves with it; a child of then shares it. */
  char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  strcpy(page, "moved");
  strcpy(page + 5000, "too");
  char *little = mmap(NULL, 100, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < 4; i++) mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  page = mremap(page, 8192, 16384, MREMAP_MAYMOVE);
  printf("%s %s\n", page, page + 5000);
  mprotect(page, 4096, PROT_READ);
  if (fork() == 0) {
    strcat(page + 5000, " and more");
    strcpy(little + 4000, "the whole page");
    _exit(0);
  }
  wait(NULL);
  printf("%s %s %s\n", page, page + 5000, little + 4000);

  /* One file, two processes, each with a mapping of its own. */
  int fd = open("mapped.bin", O_RDWR | O_CREAT | O_TRUNC, 0600);
  ftruncate(fd, 8192);
  int ways[2];
  pipe(ways);
  if (fork() == 0) {
    char *mine = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), c;
    read(ways[0], &c, 1);
    printf("child sees %s\n", mine + 4096);
    strcpy(mine, "from the child");
    _exit(0);
  }
  char *mine = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), text[32] = "";
  strcpy(mine + 4096, "the parent's");
  write(ways[1], "x", 1);
  wait(NULL);
  pread(fd, text, 20, 0);
  printf("%s; %s\n", mine, text);
  pwrite(fd, "written", 8, 4096);
  printf("%s\n", mine + 4096);
  unlink("mapped.bin");
  return 0;
}
