#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
static int here;
static void *work(void *x) {
  pthread_attr_t a;
  void *low;
  size_t size;
  pthread_getattr_np(pthread_self(), &a);
  pthread_attr_getstack(&a, &low, &size);
  here = (char *)&a > (char *)low && (char *)&a < (char *)low + size;
  pthread_attr_destroy(&a);
  return x;
}
static sem_t sem;
static void *detached(void *x) {
  sem_post(&sem);
  return NULL;
}
int main(void) {
  pthread_attr_t a;
  size_t size;
  pthread_t t;
  void *r;
  pthread_attr_init(&a);
  printf("%d\n", pthread_attr_setguardsize(&a, 8192));
  pthread_attr_getguardsize(&a, &size);
  printf("%zu\n", size);
  void *stack = aligned_alloc(4096, 1 << 18);
  printf("%d\n", pthread_attr_setstack(&a, stack, 1 << 18));
  pthread_create(&t, &a, work, &here);
  pthread_join(t, &r);
  printf("%d %d\n", here, r == &here);
  sem_init(&sem, 0, 0);
  pthread_create(&t, NULL, detached, NULL);
  printf("%d\n", pthread_detach(t));
  sem_wait(&sem);
  struct timespec at;
  clock_gettime(CLOCK_REALTIME, &at);
  at.tv_nsec += 3000000;
  if (at.tv_nsec >= 1000000000) at.tv_sec++, at.tv_nsec -= 1000000000;
  printf("%d", sem_timedwait(&sem, &at));
  printf(" %s\n", strerror(errno));
  clock_gettime(CLOCK_MONOTONIC, &at);
  printf("%d", sem_clockwait(&sem, CLOCK_MONOTONIC, &at));
  printf(" %s\n", strerror(errno));
  pthread_mutex_t m;
  pthread_mutex_init(&m, NULL);
  pthread_mutex_lock(&m);
  printf("%s\n", strerror(pthread_mutex_timedlock(&m, &at)));
  printf("%s\n", strerror(pthread_mutex_clocklock(&m, CLOCK_MONOTONIC, &at)));
  pthread_cond_t c;
  pthread_condattr_t ca;
  pthread_condattr_init(&ca);
  printf("%d\n", pthread_condattr_setclock(&ca, CLOCK_MONOTONIC));
  pthread_cond_init(&c, &ca);
  printf("%s\n", strerror(pthread_cond_timedwait(&c, &m, &at)));
  printf("%s\n", strerror(pthread_cond_clockwait(&c, &m, CLOCK_MONOTONIC, &at)));
  pthread_mutex_unlock(&m);
  printf("%d %d\n", pthread_mutex_destroy(&m), pthread_cond_destroy(&c));
  pthread_key_t k;
  pthread_key_create(&k, NULL);
  printf("%p", pthread_getspecific(k));
  pthread_setspecific(k, &k);
  printf(" %d %d\n", pthread_getspecific(k) == &k, pthread_key_delete(k));
  pthread_rwlock_t rw;
  pthread_rwlock_init(&rw, NULL);
  printf("%d\n", pthread_rwlock_wrlock(&rw));
  printf("%s\n", strerror(pthread_rwlock_tryrdlock(&rw)));
  printf("%d\n", pthread_rwlock_unlock(&rw));
  printf("%d\n", pthread_rwlock_destroy(&rw));
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  printf("%d\n", pthread_sigmask(SIG_BLOCK, &set, NULL));
  printf("%d\n", pthread_kill(pthread_self(), SIGUSR1));
  sigpending(&set);
  printf("%d\n", sigismember(&set, SIGUSR1));
  return 0;
}
