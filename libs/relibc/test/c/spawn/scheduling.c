#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static posix_spawnattr_t attributes;
static char self[4096];
static char *args[] = {"name", "child", NULL}, *env[] = {NULL};
static void with(const char *what, short flags, int policy, int priority) {
  struct sched_param set = {priority}, got = {77};
  int kept = 77, status = 0;
  pid_t pid;
  printf("%s: %d %d %d", what, posix_spawnattr_setflags(&attributes, flags), posix_spawnattr_setschedpolicy(&attributes, policy),
         posix_spawnattr_setschedparam(&attributes, &set));
  printf(" %d %d", posix_spawnattr_getschedpolicy(&attributes, &kept), posix_spawnattr_getschedparam(&attributes, &got));
  printf(" %d %d %d", kept == policy, got.sched_priority == priority, posix_spawnattr_getflags(&attributes, &flags));
  int error = posix_spawn(&pid, self, NULL, &attributes, args, env);
  if (error == 0) waitpid(pid, &status, 0);
  printf(": %s %d\n", strerror(error), status);
}
int main(int argc, char **argv) {
  if (argc == 2) return 3;
  self[readlink("/proc/self/exe", self, sizeof self - 1)] = 0;
  struct sched_param got;
  int policy;
  printf("%d", posix_spawnattr_init(&attributes));
  posix_spawnattr_getschedpolicy(&attributes, &policy);
  posix_spawnattr_getschedparam(&attributes, &got);
  printf(" %d %d\n", policy, got.sched_priority);
  with("nothing asked", 0, SCHED_FIFO, 5);
  with("parameters", POSIX_SPAWN_SETSCHEDPARAM, SCHED_FIFO, 0);
  with("too high", POSIX_SPAWN_SETSCHEDPARAM, SCHED_OTHER, 1);
  with("policy", POSIX_SPAWN_SETSCHEDULER, SCHED_OTHER, 0);
  with("policy and parameters", POSIX_SPAWN_SETSCHEDULER | POSIX_SPAWN_SETSCHEDPARAM, SCHED_OTHER, 0);
  with("too high", POSIX_SPAWN_SETSCHEDULER, SCHED_OTHER, 3);
  with("too low", POSIX_SPAWN_SETSCHEDULER, SCHED_RR, 0);
  with("no such policy", POSIX_SPAWN_SETSCHEDULER, 4, 0);
  printf("%d\n", posix_spawnattr_setflags(&attributes, 0x4000));
  printf("%d\n", posix_spawnattr_destroy(&attributes));
  return 0;
}
