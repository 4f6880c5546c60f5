/* Workers that share one semaphore: whoever is quick takes what others were woken for, and nobody is forgotten. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <time.h>

#define WORKERS 5
#define ROUNDS 300

static sem_t work, done;
static volatile int ending;

static void *worker(void *unused) {
  (void)unused;
  for (;;) {
    while (sem_wait(&work) != 0);
    if (ending) return NULL;
    sem_post(&done);
  }
}

int main(void) {
  pthread_t threads[WORKERS];
  sem_init(&work, 0, 0);
  sem_init(&done, 0, 0);
  for (int i = 0; i < WORKERS; i++) pthread_create(&threads[i], NULL, worker, NULL);
  for (int round = 0; round < ROUNDS; round++) {
    for (int i = 0; i < WORKERS; i++) sem_post(&work);
    for (int i = 0; i < WORKERS; i++) sem_wait(&done);
  }
  int left;
  sem_getvalue(&work, &left);
  printf("left %d\n", left);
  ending = 1;
  for (int i = 0; i < WORKERS; i++) sem_post(&work);
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += 10;
  for (int i = 0; i < WORKERS; i++) printf("ended %d\n", pthread_timedjoin_np(threads[i], NULL, &until));
  return 0;
}
