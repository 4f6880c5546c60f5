// Waits with an end, and threads that compute until they are cancelled.
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
static sem_t ready, go;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static volatile int counter;
static void say(void *text) { printf("cleanup %s\n", (char *)text); }
static void *spins(void *x) {
  int old;
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old);
  pthread_cleanup_push(say, "spin");
  sem_post(&ready);
  for (;;) counter++;
  pthread_cleanup_pop(0);
  return x;
}
static void *spins_later(void *x) {
  int old;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old);
  sem_post(&ready);
  sem_wait(&go);
  puts("enables");
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
  for (;;) counter++;
  return x;
}
static void *waits(void *x) {
  sem_wait(&go);
  return x;
}
static struct timespec in(clockid_t clock, long ns) {
  struct timespec t;
  clock_gettime(clock, &t);
  t.tv_nsec += ns;
  if (t.tv_nsec >= 1000000000) t.tv_sec++, t.tv_nsec -= 1000000000;
  return t;
}
static void *locks(void *x) {
  struct timespec soon = in(CLOCK_REALTIME, 3000000), mono = in(CLOCK_MONOTONIC, 3000000), bad = {0, -1};
  printf("%s\n", strerror(pthread_rwlock_timedwrlock(&lock, &soon)));
  printf("%s\n", strerror(pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, &mono)));
  printf("%s\n", strerror(pthread_rwlock_timedrdlock(&lock, &soon)));
  if (x == 0) pthread_rwlock_unlock(&lock);
  printf("%s\n", strerror(pthread_rwlock_clockrdlock(&lock, CLOCK_REALTIME, &soon)));
  if (x == 0) pthread_rwlock_unlock(&lock);
  printf("%s %s\n", strerror(pthread_rwlock_timedwrlock(&lock, &bad)), strerror(pthread_rwlock_clockrdlock(&lock, 99, &soon)));
  return x;
}
int main(void) {
  pthread_t t;
  void *r = 0;
  sem_init(&ready, 0, 0), sem_init(&go, 0, 0);
  pthread_create(&t, 0, spins, 0);
  sem_wait(&ready);
  while (counter < 1000);
  int cancelled = pthread_cancel(t);
  pthread_join(t, &r);
  printf("%d\n", cancelled);
  printf("%d\n", r == PTHREAD_CANCELED);
  pthread_create(&t, 0, spins_later, 0);
  sem_wait(&ready);
  printf("%d\n", pthread_cancel(t));
  sem_post(&go);
  pthread_join(t, &r);
  printf("%d\n", r == PTHREAD_CANCELED);
  pthread_create(&t, 0, waits, &lock);
  struct timespec soon = in(CLOCK_REALTIME, 3000000), mono = in(CLOCK_MONOTONIC, 3000000);
  printf("%s\n", strerror(pthread_tryjoin_np(t, &r)));
  printf("%s\n", strerror(pthread_timedjoin_np(t, &r, &soon)));
  printf("%s\n", strerror(pthread_clockjoin_np(t, &r, CLOCK_MONOTONIC, &mono)));
  sem_post(&go);
  soon = in(CLOCK_REALTIME, 999999999);
  printf("%s", strerror(pthread_timedjoin_np(t, &r, &soon)));
  printf(" %d\n", r == &lock);
  for (long w = 0; w < 2; w++) {
    w ? pthread_rwlock_wrlock(&lock) : pthread_rwlock_rdlock(&lock);
    pthread_create(&t, 0, locks, (void *)w);
    pthread_join(t, 0);
    pthread_rwlock_unlock(&lock);
  }
  clockid_t clock;
  struct timespec before, after;
  printf("%d", pthread_getcpuclockid(pthread_self(), &clock));
  printf(" %d", clock_gettime(clock, &before));
  for (int i = 0; i < 1000000; i++) counter++;
  clock_gettime(clock, &after);
  printf(" %d\n", after.tv_sec > before.tv_sec || after.tv_nsec > before.tv_nsec);
  pthread_attr_t a;
  pthread_attr_init(&a);
  printf("%s\n", strerror(pthread_attr_setdetachstate(&a, 9)));
  return 0;
}
