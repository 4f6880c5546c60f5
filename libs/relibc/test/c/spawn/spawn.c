#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static const char *self = "/proc/self/exe";

static void ended(const char *what, int error, const pid_t *pid) {
  int status = 0;
  if (error == 0) waitpid(*pid, &status, 0);
  printf("%s: %s %x\n", what, strerror(error), status);
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  if (argc > 1 && strcmp(argv[1], "child") == 0) {
    sigset_t mask;
    struct sigaction usr1;
    char cwd[256], line[64] = "";
    sigprocmask(SIG_SETMASK, NULL, &mask);
    sigaction(SIGUSR1, NULL, &usr1);
    ssize_t got = read(0, line, sizeof line - 1);
    printf("child %d %s|%s|%s|in %zd|mask %d|usr1 %d|fd9 %d|fd8 %d|cwd %d|group %d\n", argc, argv[2], getenv("GIVEN"), getenv("HOME"), got,
           sigismember(&mask, SIGUSR2), usr1.sa_handler == SIG_IGN, fcntl(9, F_GETFD) >= 0, fcntl(8, F_GETFD) >= 0, strcmp(getcwd(cwd, sizeof cwd), "/") == 0,
           getpgrp() == getpid());
    return 42;
  }
  pid_t pid = 0;
  char *args[] = {"name", "child", "an argument", NULL};
  char *env[] = {"GIVEN=yes", NULL};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t set;
  signal(SIGUSR1, SIG_IGN);
  ended("plain", posix_spawn(&pid, self, NULL, NULL, args, env), &pid);

  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, 1, 9);
  posix_spawn_file_actions_adddup2(&actions, 1, 8);
  posix_spawn_file_actions_addclose(&actions, 8);
  posix_spawn_file_actions_addchdir_np(&actions, "/");
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  posix_spawnattr_setsigmask(&attributes, &set);
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  posix_spawnattr_setsigdefault(&attributes, &set);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  ended("all", posix_spawn(&pid, self, &actions, &attributes, args, environ), &pid);
  ended("missing", posix_spawn(&pid, "/no/such/program", NULL, NULL, args, env), &pid);
  ended("not on the path", posix_spawnp(&pid, "no-such-program", NULL, NULL, args, env), &pid);
  posix_spawn_file_actions_addopen(&actions, 3, "/no/such/file", O_RDONLY, 0);
  ended("bad action", posix_spawn(&pid, self, &actions, NULL, args, env), &pid);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return 0;
}
