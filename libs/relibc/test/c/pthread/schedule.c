/* Scheduling of threads: what attributes keep and refuse, the policy and the processors of a thread. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
static void *body(void *arg) { return arg; }
static void show(pthread_attr_t *a) {
  int policy = 9, inherit = 9, scope = 9, detached = 9;
  struct sched_param p = {77};
  printf("%d%d%d%d%d", pthread_attr_getschedpolicy(a, &policy), pthread_attr_getinheritsched(a, &inherit), pthread_attr_getscope(a, &scope),
         pthread_attr_getdetachstate(a, &detached), pthread_attr_getschedparam(a, &p));
  printf(" %d %d %d %d %d\n", policy, inherit, scope, detached, p.sched_priority);
}
int main(void) {
  pthread_attr_t a;
  pthread_attr_init(&a);
  show(&a);
  struct sched_param p = {5};
  printf("%d", pthread_attr_setschedparam(&a, &p));
  for (int policy = -1; policy < 5; policy++) {
    printf(" %d", pthread_attr_setschedpolicy(&a, policy));
    for (int priority = 0; priority <= 100; priority += 50) p.sched_priority = priority, printf(",%d", pthread_attr_setschedparam(&a, &p));
  }
  printf("\n");
  show(&a);
  for (int i = -1; i < 3; i++) printf("%d %d %d|", pthread_attr_setinheritsched(&a, i), pthread_attr_setscope(&a, i), pthread_attr_setdetachstate(&a, i));
  printf("\n");
  show(&a);
  pthread_attr_init(&a);
  pthread_attr_setdetachstate(&a, PTHREAD_CREATE_DETACHED);
  pthread_attr_setschedpolicy(&a, SCHED_RR);
  show(&a);
  pthread_attr_init(&a);
  pthread_attr_setinheritsched(&a, PTHREAD_EXPLICIT_SCHED);
  pthread_t t;
  printf("%d", pthread_create(&t, &a, body, &a));
  printf(" %d\n", pthread_join(t, NULL));
  int policy = 9;
  p.sched_priority = 9;
  printf("%d", pthread_getschedparam(pthread_self(), &policy, &p));
  printf(" %d %d\n", policy, p.sched_priority);
  printf("%d", pthread_setschedparam(pthread_self(), SCHED_OTHER, &p));
  p.sched_priority = 4;
  printf(" %d", pthread_setschedparam(pthread_self(), SCHED_OTHER, &p));
  printf(" %d", pthread_setschedparam(pthread_self(), 77, &p));
  printf(" %d %d\n", pthread_setschedprio(pthread_self(), 0), pthread_setschedprio(pthread_self(), 3));
  cpu_set_t set;
  memset(&set, 0, sizeof set);
  printf("%d", pthread_getaffinity_np(pthread_self(), sizeof set, &set));
  printf(" %d\n", CPU_ISSET(0, &set) && CPU_COUNT(&set) > 0);
  CPU_ZERO(&set);
  printf("%d", pthread_setaffinity_np(pthread_self(), sizeof set, &set));
  CPU_SET(0, &set);
  printf(" %d %d\n", pthread_setaffinity_np(pthread_self(), sizeof set, &set), pthread_attr_setaffinity_np(&a, sizeof set, &set));
  printf("%d", pthread_getaffinity_np(pthread_self(), sizeof set, &set));
  printf(" %d\n", CPU_COUNT(&set));
  CPU_ZERO(&set);
  printf("%d", pthread_attr_getaffinity_np(&a, sizeof set, &set));
  printf(" %d\n", CPU_ISSET(0, &set));
  return 0;
}
