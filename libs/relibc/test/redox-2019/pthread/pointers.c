// The objects of relibc's first threads are pointers, and -1 in a static one; PTHREAD_MUTEX_RECURSIVE is 1.
typedef unsigned long object;
int printf(const char *, ...);
void *malloc(unsigned long);
int pthread_mutex_init(object *, object *), pthread_mutex_destroy(object *), pthread_mutex_lock(object *), pthread_mutex_trylock(object *),
    pthread_mutex_unlock(object *), pthread_mutexattr_init(object *), pthread_mutexattr_settype(object *, int), pthread_mutexattr_destroy(object *);
int pthread_cond_wait(object *, object *), pthread_cond_signal(object *), pthread_cond_destroy(object *), pthread_rwlock_rdlock(object *),
    pthread_rwlock_trywrlock(object *), pthread_rwlock_wrlock(object *), pthread_rwlock_unlock(object *);
int pthread_attr_init(object *), pthread_attr_setstacksize(object *, unsigned long), pthread_attr_getstacksize(object *, unsigned long *),
    pthread_attr_destroy(object *);
int pthread_create(object *, object *, void *(*)(void *), void *), pthread_join(object, void **);

static object mutex = -1, condition = -1, lock = -1, guard[3] = {0x5a5a, -1, 0x5a5a};
static int turn, sum;

static void *add(void *count) {
  for (long i = 0; i < (long)count; i++) {
    pthread_mutex_lock(&mutex);
    while (turn != 1) pthread_cond_wait(&condition, &mutex);
    sum += i;
    turn = 0;
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&mutex);
  }
  return count;
}

int main(void) {
  object thread, attributes, kind, recursive;
  unsigned long size = 0;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 65536);
  pthread_attr_getstacksize(&attributes, &size);
  pthread_create(&thread, &attributes, add, (void *)50);
  pthread_attr_destroy(&attributes);
  for (int i = 0; i < 50; i++) {
    pthread_mutex_lock(&mutex);
    while (turn != 0) pthread_cond_wait(&condition, &mutex);
    turn = 1;
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&mutex);
  }
  void *result;
  pthread_join(thread, &result);
  printf("stack %lu, sum %d, result %ld\n", size, sum, (long)result);

  pthread_mutexattr_init(&kind);
  pthread_mutexattr_settype(&kind, 1);
  pthread_mutex_init(&recursive, &kind);
  pthread_mutexattr_destroy(&kind);
  int said[5];
  said[0] = pthread_mutex_lock(&recursive);
  said[1] = pthread_mutex_trylock(&recursive);
  said[2] = pthread_mutex_unlock(&recursive);
  said[3] = pthread_mutex_unlock(&recursive);
  said[4] = pthread_mutex_destroy(&recursive);
  printf("recursive %d %d %d %d %d\n", said[0], said[1], said[2], said[3], said[4]);

  said[0] = pthread_mutex_lock(guard + 1);
  said[1] = pthread_mutex_trylock(guard + 1);
  printf("guard %d %d %lx %lx\n", said[0], said[1], guard[0], guard[2]);
  said[0] = pthread_rwlock_rdlock(&lock);
  said[1] = pthread_rwlock_trywrlock(&lock);
  said[2] = pthread_rwlock_unlock(&lock);
  said[3] = pthread_rwlock_wrlock(&lock);
  said[4] = pthread_rwlock_unlock(&lock);
  printf("lock %d %d %d %d %d\n", said[0], said[1], said[2], said[3], said[4]);
  said[0] = pthread_cond_destroy(&condition);
  said[1] = pthread_mutex_destroy(&mutex);
  printf("destroy %d %d\n", said[0], said[1]);
  said[0] = pthread_mutex_lock(&mutex);
  said[1] = pthread_mutex_unlock(&mutex);
  printf("again %d %d\n", said[0], said[1]);
  return 0;
}
