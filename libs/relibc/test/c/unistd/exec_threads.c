// exec in a process of several threads: one image follows, all other threads end, and the one that called is the first.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char self[4096];
static pthread_barrier_t barrier;
static volatile int running = 1;

static void run(const char *how) {
  char *args[] = {self, (char *)how, NULL};
  execv(self, args);
  printf("exec failed %d\n", errno);
  _exit(1);
}

// The image takes its time before main, so that others could run meanwhile.
__attribute__((constructor)) static void early(int argc, char **argv) {
  if (argc < 2) return;
  for (int i = 0; i < 100; i++) sched_yield();
  usleep(5000);
  if (strcmp(argv[1], "again") == 0) {
    readlink("/proc/self/exe", self, sizeof self - 1);
    run("nested");
  }
}

static void *execs(void *how) {
  pthread_barrier_wait(&barrier);
  run(how);
  return NULL;
}
static void *spins(void *none) {
  pthread_barrier_wait(&barrier);
  while (running) sched_yield();
  return none;
}
static void *fails(void *none) {
  char *args[] = {"none", NULL};
  pthread_barrier_wait(&barrier);
  printf("%d", execv("/none/at/all", args));
  printf(" %d %d\n", errno, gettid() == getpid());
  return none;
}

static void in_child(const char *what, void (*body)(void)) {
  int status;
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) {
    body();
    fflush(stdout);
    _exit(0);
  }
  waitpid(pid, &status, 0);
  printf("%s: %x\n", what, status);
}
static void start(void *(*body)(void *), void *argument) {
  pthread_t thread;
  pthread_create(&thread, NULL, body, argument);
}

static void both(void) {
  pthread_barrier_init(&barrier, NULL, 2);
  start(execs, "both");
  execs("both");
}
static void many(void) {
  pthread_barrier_init(&barrier, NULL, 5);
  for (int i = 0; i < 3; i++) start(execs, "many");
  start(spins, NULL);
  execs("many");
}
static void others(void) {
  pthread_barrier_init(&barrier, NULL, 4);
  start(spins, NULL);
  start(spins, NULL);
  start(execs, "others");
  spins(NULL);
}
static void first_gone(void) {
  pthread_barrier_init(&barrier, NULL, 2);
  start(execs, "first gone");
  pthread_barrier_wait(&barrier);
  pthread_exit(NULL);
}
static void again(void) {
  pthread_barrier_init(&barrier, NULL, 3);
  start(spins, NULL);
  start(execs, "again");
  spins(NULL);
}
static void failed(void) {
  pthread_t one, two;
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_create(&one, NULL, fails, NULL);
  pthread_create(&two, NULL, spins, NULL);
  pthread_join(one, NULL);
  running = 0;
  pthread_join(two, NULL);
  puts("both joined");
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  if (argc > 1) {
    printf("%s %d %d\n", argv[1], argc, gettid() == getpid());
    pthread_barrier_init(&barrier, NULL, 2);
    start(spins, NULL);
    pthread_barrier_wait(&barrier);
    return 5;
  }
  readlink("/proc/self/exe", self, sizeof self - 1);
  in_child("both", both);
  in_child("many", many);
  in_child("others", others);
  in_child("first gone", first_gone);
  in_child("again", again);
  in_child("failed", failed);
  return 0;
}
