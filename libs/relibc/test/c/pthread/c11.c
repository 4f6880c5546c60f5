// C's own threads (C17 7.26).
#include <stdio.h>
#include <threads.h>
#include <time.h>
static mtx_t lock;
static cnd_t changed;
static int turns;
static tss_t key;
static once_flag flag = ONCE_FLAG_INIT;
static void once(void) { puts("once"); }
static void destroyed(void *text) { printf("destroyed %s\n", (char *)text); }
static int work(void *x) {
  call_once(&flag, once);
  mtx_lock(&lock);
  turns++;
  cnd_signal(&changed);
  while (turns < 2) cnd_wait(&changed, &lock);
  mtx_unlock(&lock);
  tss_set(key, "key");
  printf("%s\n", (char *)tss_get(key));
  return *(int *)x;
}
static int leaves(void *x) {
  thrd_exit(-7);
  return 1;
}
static int waits(void *x) {
  struct timespec at;
  timespec_get(&at, TIME_UTC);
  at.tv_nsec = (at.tv_nsec + 3000000) % 1000000000;
  if (at.tv_nsec < 3000000) at.tv_sec++;
  printf("%d", mtx_trylock(x));
  printf(" %d\n", mtx_timedlock(x, &at));
  return 0;
}
int main(void) {
  thrd_t t;
  int r, arg = -5;
  mtx_t timed, again;
  printf("%d %d %d\n", mtx_init(&lock, mtx_plain), mtx_init(&timed, mtx_timed), mtx_init(&again, mtx_plain | mtx_recursive));
  printf("%d %d\n", cnd_init(&changed), tss_create(&key, destroyed));
  call_once(&flag, once);
  printf("%d\n", thrd_create(&t, work, &arg));
  mtx_lock(&lock);
  while (turns < 1) cnd_wait(&changed, &lock);
  turns++;
  cnd_broadcast(&changed);
  mtx_unlock(&lock);
  printf("%d", thrd_join(t, &r));
  printf(" %d\n", r);
  thrd_create(&t, leaves, 0);
  printf("%d", thrd_join(t, &r));
  printf(" %d\n", r);
  printf("%d", mtx_lock(&timed));
  printf(" %d\n", mtx_trylock(&timed));
  thrd_create(&t, waits, &timed);
  printf("%d\n", thrd_join(t, 0));
  printf("%d", mtx_lock(&again));
  printf(" %d", mtx_lock(&again));
  printf(" %d\n", mtx_unlock(&again));
  mtx_unlock(&again);
  mtx_lock(&lock);
  struct timespec past = {1, 0}, bad = {0, -1}, brief = {0, 1000};
  printf("%d", cnd_timedwait(&changed, &lock, &past));
  printf(" %d\n", mtx_unlock(&lock));
  printf("%d %d\n", thrd_sleep(&brief, 0), thrd_sleep(&bad, 0));
  printf("%d\n", thrd_equal(thrd_current(), thrd_current()));
  thrd_yield();
  thrd_create(&t, leaves, 0);
  printf("%d\n", thrd_detach(t));
  tss_delete(key), cnd_destroy(&changed), mtx_destroy(&lock), mtx_unlock(&timed), mtx_destroy(&timed), mtx_destroy(&again);
  return 0;
}
