/* Cancellation: in waits of many kinds, before them, disabled, of oneself, with cleanup handlers and keys, of a waiter with its mutex. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static sem_t sem, ready;
static int way[2];
static pthread_key_t key;
static void say(void *text) { printf("cleanup %s\n", (char *)text); }
static void unlock(void *at) { printf("unlock %d\n", pthread_mutex_unlock(at)); }
static void destroyed(void *text) { printf("destroyed %s\n", (char *)text); }
static void *in_read(void *x) {
  char c;
  pthread_setspecific(key, "key");
  pthread_cleanup_push(say, "outer");
  pthread_cleanup_push(say, "inner");
  sem_post(&ready);
  printf("read %zd\n", read(way[0], &c, 1));
  pthread_cleanup_pop(0);
  pthread_cleanup_pop(0);
  return x;
}
static void *in_sleep(void *x) {
  sem_post(&ready);
  sleep(1000);
  return x;
}
static void *in_cond(void *x) {
  pthread_mutex_lock(&mutex);
  pthread_cleanup_push(unlock, &mutex);
  sem_post(&ready);
  pthread_cond_wait(&cond, &mutex);
  pthread_cleanup_pop(1);
  return x;
}
static void *in_sem(void *x) {
  sem_post(&ready);
  sem_wait(&sem);
  return x;
}
static void *in_poll(void *x) {
  struct pollfd p = {way[0], POLLIN, 0};
  sem_post(&ready);
  poll(&p, 1, -1);
  return x;
}
static void *in_lock(void *x) {
  sem_post(&ready);
  int failed = pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  pthread_testcancel();
  return failed ? x : NULL;
}
static void *disabled(void *x) {
  int old = -1, failed = pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
  printf("state %d %d\n", failed, old);
  sem_post(&ready);
  struct timespec t = {0, 50000000};
  int slept = nanosleep(&t, NULL);
  pthread_testcancel();
  printf("still here, %d\n", slept);
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
  pthread_testcancel();
  return x;
}
static void *itself(void *x) {
  pthread_cancel(pthread_self());
  *(int *)x = 1;
  pthread_testcancel();
  *(int *)x = 2;
  return x;
}
static void *leaves(void *x) {
  pthread_cleanup_push(say, "of exit");
  pthread_exit((void *)-7L);
  pthread_cleanup_pop(0);
  return x;
}
static void *returns(void *x) {
  pthread_cleanup_push(say, "popped");
  pthread_cleanup_pop(1);
  return (void *)-5L;
}
static void joined(const char *name, pthread_t t) {
  void *result = NULL;
  int failed = pthread_join(t, &result);
  printf("%s: %d %s %ld\n", name, failed, result == PTHREAD_CANCELED ? "cancelled" : "ended", (long)result);
}
int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  sem_init(&sem, 0, 0);
  sem_init(&ready, 0, 0);
  socketpair(AF_UNIX, SOCK_STREAM, 0, way);
  pthread_key_create(&key, destroyed);
  static const struct { const char *name; void *(*fn)(void *); } waits[] = {
    {"read", in_read}, {"sleep", in_sleep}, {"cond", in_cond}, {"sem", in_sem}, {"poll", in_poll}, {"disabled", disabled}};
  for (unsigned i = 0; i < sizeof waits / sizeof *waits; i++) {
    pthread_t t;
    pthread_create(&t, NULL, waits[i].fn, NULL);
    sem_wait(&ready);
    usleep(10000);
    int failed = pthread_cancel(t);
    joined(waits[i].name, t);
    printf("cancel %d\n", failed);
  }
  pthread_t t;
  pthread_mutex_lock(&mutex);
  pthread_create(&t, NULL, in_lock, NULL);
  sem_wait(&ready);
  usleep(10000);
  pthread_cancel(t);
  usleep(10000);
  pthread_mutex_unlock(&mutex);
  joined("lock", t);
  int reached = 0;
  pthread_create(&t, NULL, itself, &reached);
  joined("itself", t);
  printf("reached %d\n", reached);
  pthread_create(&t, NULL, leaves, NULL);
  joined("leaves", t);
  pthread_create(&t, NULL, returns, NULL);
  joined("returns", t);
  printf("mutex %d\n", pthread_mutex_trylock(&mutex));
  return 0;
}
