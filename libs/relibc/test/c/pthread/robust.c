// Mutexes whose owners end, in threads and in processes; attributes of mutexes.
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
static void *takes(void *m) {
  printf("taken: %s\n", strerror(pthread_mutex_lock(m)));
  return 0;
}
static void *takes_two(void *m) {
  takes(m);
  return takes((pthread_mutex_t *)m + 1);
}
static void in_thread(void *(*f)(void *), pthread_mutex_t *m) {
  pthread_t t;
  pthread_create(&t, 0, f, m);
  pthread_join(t, 0);
}
static void *close_circle(void *mutex) {
  pthread_mutex_lock(mutex);
  *(void **)((char *)mutex + 24) = mutex;
  return NULL;
}

int main(void) {
  pthread_mutexattr_t a;
  pthread_mutexattr_init(&a);
  int v[4];
  printf("%d %d %d\n", pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST), pthread_mutexattr_setrobust(&a, 5), pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ERRORCHECK));
  printf("%d %d %d\n", pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED), pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT), pthread_mutexattr_setprotocol(&a, 9));
  pthread_mutexattr_getrobust(&a, v), pthread_mutexattr_gettype(&a, v + 1), pthread_mutexattr_getpshared(&a, v + 2), pthread_mutexattr_getprotocol(&a, v + 3);
  printf("%d %d %d %d\n", v[0], v[1], v[2], v[3]);
  pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_NONE);
  pthread_mutex_t *m = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), none = PTHREAD_MUTEX_INITIALIZER;
  for (int i = 0; i < 3; i++) pthread_mutex_init(m + i, &a);
  printf("%s\n", strerror(pthread_mutex_consistent(m)));
  printf("%s\n", strerror(pthread_mutex_consistent(&none)));
  in_thread(takes_two, m);
  printf("%s\n", strerror(pthread_mutex_trylock(m)));
  printf("%s\n", strerror(pthread_mutex_lock(m)));
  printf("%s\n", strerror(pthread_mutex_consistent(m)));
  printf("%s\n", strerror(pthread_mutex_unlock(m)));
  printf("%s\n", strerror(pthread_mutex_lock(m)));
  printf("%s\n", strerror(pthread_mutex_unlock(m)));
  printf("%s\n", strerror(pthread_mutex_unlock(m)));
  // Never made consistent: lost
  printf("%s\n", strerror(pthread_mutex_lock(m + 1)));
  printf("%s\n", strerror(pthread_mutex_unlock(m + 1)));
  printf("%s\n", strerror(pthread_mutex_lock(m + 1)));
  printf("%s\n", strerror(pthread_mutex_trylock(m + 1)));
  printf("%d\n", pthread_mutex_destroy(m + 1));
  // A process ends while it holds one, and another waits
  fflush(stdout);
  pthread_mutex_lock(m + 2);
  if (fork() == 0) {
    int r = pthread_mutex_lock(m + 2);
    _exit(r == 0 ? 7 : 8);
  }
  pthread_mutex_unlock(m + 2);
  int status;
  wait(&status);
  printf("%d\n", WEXITSTATUS(status));
  printf("%s\n", strerror(pthread_mutex_lock(m + 2)));
  printf("%s\n", strerror(pthread_mutex_consistent(m + 2)));
  fflush(stdout);
  if (fork() == 0) _exit(pthread_mutex_trylock(m + 2) == 16 ? 9 : 10);
  wait(&status);
  printf("%d\n", WEXITSTATUS(status));
  printf("%s\n", strerror(pthread_mutex_unlock(m + 2)));
  // The list of what a thread holds lies in the program's hands: it may be a circle
  static pthread_mutex_t circle;
  pthread_mutexattr_t robust;
  pthread_t thread;
  pthread_mutexattr_init(&robust);
  pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&circle, &robust);
  pthread_create(&thread, NULL, close_circle, &circle);
  pthread_join(thread, NULL);
  printf("%s\n", strerror(pthread_mutex_lock(&circle)));
  return 0;
}
