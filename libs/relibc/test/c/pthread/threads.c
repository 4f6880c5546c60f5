#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_barrier_t barrier;
static pthread_key_t key;
static sem_t sem;
static int counter, turn, onces;
static _Thread_local int local = 7;
static void start(void) { onces++; }
static void destroy(void *p) { printf("destroy %s\n", (char *)p); }
static void *adder(void *n) {
  for (int i = 0; i < 1000; i++) {
    pthread_mutex_lock(&lock);
    counter++;
    pthread_mutex_unlock(&lock);
  }
  pthread_once(&once, start);
  local += (long)n;
  return (void *)(long)local;
}
static void *pong(void *x) {
  for (int i = 0; i < 5; i++) {
    pthread_mutex_lock(&lock);
    while (turn != 1) pthread_cond_wait(&ready, &lock);
    printf("pong %d\n", i);
    turn = 0;
    pthread_cond_broadcast(&ready);
    pthread_mutex_unlock(&lock);
  }
  pthread_setspecific(key, "specific");
  pthread_exit("exited");
}
static void *meets(void *x) {
  long serial = pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
  sem_post(&sem);
  return (void *)serial;
}
int main(void) {
  pthread_t t[4];
  void *r;
  long sum = 0;
  for (long i = 0; i < 4; i++) pthread_create(&t[i], NULL, adder, (void *)i);
  for (int i = 0; i < 4; i++) pthread_join(t[i], &r), sum += (long)r;
  printf("%d %ld %d %d\n", counter, sum, onces, local);
  pthread_key_create(&key, destroy);
  pthread_create(&t[0], NULL, pong, NULL);
  for (int i = 0; i < 5; i++) {
    pthread_mutex_lock(&lock);
    while (turn != 0) pthread_cond_wait(&ready, &lock);
    printf("ping %d\n", i);
    turn = 1;
    pthread_cond_signal(&ready);
    pthread_mutex_unlock(&lock);
  }
  pthread_join(t[0], &r);
  printf("%s\n", (char *)r);
  pthread_barrier_init(&barrier, NULL, 3);
  sem_init(&sem, 0, 0);
  for (int i = 0; i < 3; i++) pthread_create(&t[i], NULL, meets, NULL);
  for (int i = 0; i < 3; i++) sem_wait(&sem);
  sum = 0;
  for (int i = 0; i < 3; i++) pthread_join(t[i], &r), sum += (long)r;
  int value;
  sem_getvalue(&sem, &value);
  printf("%ld %d %d\n", sum, value, sem_trywait(&sem));
  printf("%s\n", strerror(pthread_mutex_trylock(&lock)));
  printf("%s\n", strerror(pthread_mutex_trylock(&lock)));
  pthread_mutex_unlock(&lock);
  pthread_mutexattr_t attr;
  pthread_mutex_t rec, check;
  pthread_mutexattr_init(&attr);
  pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&rec, &attr);
  pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
  pthread_mutex_init(&check, &attr);
  printf("%d\n", pthread_mutex_lock(&rec));
  printf("%d\n", pthread_mutex_lock(&rec));
  printf("%d\n", pthread_mutex_unlock(&rec));
  printf("%d\n", pthread_mutex_lock(&check));
  printf("%s\n", strerror(pthread_mutex_lock(&check)));
  printf("%s\n", strerror(pthread_mutex_unlock(&rec)));
  printf("%s\n", strerror(pthread_mutex_unlock(&rec)));
  struct timespec past = {1, 0};
  pthread_mutex_lock(&lock);
  printf("%s\n", strerror(pthread_cond_timedwait(&ready, &lock, &past)));
  pthread_mutex_unlock(&lock);
  printf("%d\n", pthread_rwlock_rdlock(&rw));
  printf("%d\n", pthread_rwlock_tryrdlock(&rw));
  printf("%s\n", strerror(pthread_rwlock_trywrlock(&rw)));
  pthread_attr_t a;
  size_t size;
  pthread_attr_init(&a);
  pthread_attr_setstacksize(&a, 1 << 20);
  pthread_attr_getstacksize(&a, &size);
  pthread_attr_setdetachstate(&a, PTHREAD_CREATE_DETACHED);
  printf("%zu %d\n", size, pthread_equal(pthread_self(), pthread_self()) != 0);
  char name[16];
  pthread_setname_np(pthread_self(), "named");
  pthread_getname_np(pthread_self(), name, 16);
  printf("%s\n", name);
  pthread_spinlock_t spin;
  pthread_spin_init(&spin, 0);
  printf("%d\n", pthread_spin_lock(&spin));
  printf("%s\n", strerror(pthread_spin_trylock(&spin)));
  return 0;
}
