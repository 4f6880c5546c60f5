#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char self[4096], work[] = "/tmp/exec-XXXXXX";

static void put(const char *name, mode_t mode, const char *text) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", work, name);
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0700);
  dprintf(fd, text, self);
  close(fd);
  chmod(path, mode);
}

#define IN_CHILD(what, call)                                       \
  do {                                                             \
    int status;                                                    \
    fflush(stdout);                                                \
    pid_t pid = fork();                                            \
    if (pid == 0) {                                                \
      call;                                                        \
      _exit(200 + errno % 50);                                     \
    }                                                              \
    waitpid(pid, &status, 0);                                      \
    printf(what ": %x\n", status);                                 \
  } while (0)

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  if (argc > 1) {
    struct sigaction old;
    sigaction(SIGUSR1, NULL, &old);
    printf("%d:", argc);
    for (int i = 1; i < argc; i++) printf(" [%s]", strstr(argv[i], "exec-") ? strrchr(argv[i], '/') : argv[i]);
    printf(" %s handler %d kept %d closed %d\n", getenv("E"), old.sa_handler != SIG_DFL, fcntl(7, F_GETFD) >= 0, fcntl(6, F_GETFD) < 0);
    return argc;
  }
  self[readlink("/proc/self/exe", self, sizeof self - 1)] = 0;
  mkdtemp(work);
  put("script", 0755, "#!%s  first argument \nrest\n");
  put("plain", 0755, "neither a script nor a program\n");
  put("denied", 0644, "#!/bin/false\n");
  put("lost", 0755, "#!/no/such/interpreter\n");
  put("empty", 0755, "");
  setenv("E", "inherited", 1);
  signal(SIGUSR1, abort);
  dup2(1, 7);
  dup2(1, 6);
  fcntl(6, F_SETFD, FD_CLOEXEC);
  chdir(work);
  char *const args[] = {"zero", "one", "two", NULL}, *const env[] = {"E=given", NULL};
  IN_CHILD("execv", execv(self, args));
  IN_CHILD("execve", execve(self, args, env));
  IN_CHILD("execl", execl(self, "zero", "a", "b", "c", "d", "e", "f", "g", (char *)NULL));
  IN_CHILD("execle", execle(self, "zero", "a", (char *)NULL, env));
  setenv("PATH", work, 1);
  IN_CHILD("execvp", execvp("script", args));
  IN_CHILD("execlp", execlp("script", "script", "p", (char *)NULL));
  IN_CHILD("execvpe", execvpe("script", args, env));
  IN_CHILD("relative", execv("./script", args));
  IN_CHILD("plain", execv("plain", args));
  IN_CHILD("denied", execv("denied", args));
  IN_CHILD("lost", execv("lost", args));
  IN_CHILD("empty", execv("empty", args));
  IN_CHILD("missing", execvp("missing", args));
  IN_CHILD("folder", execv("/tmp", args));
  IN_CHILD("below a file", execv("script/x", args));
  for (const char *name = "script\0plain\0denied\0lost\0empty\0"; *name; name += strlen(name) + 1) unlink(name);
  chdir("/");
  printf("%d\n", rmdir(work));
  return 0;
}
