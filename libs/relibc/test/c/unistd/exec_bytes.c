/* Arguments and variables are bytes, whatever text they may be. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *name, const char *text) {
  printf(" %s", name);
  for (; text && *text; text++) printf(" %02x", (unsigned char)*text);
  puts("");
}

int main(int argc, char **argv) {
  if (argc > 1) {
    for (int i = 1; i < argc; i++) say("argument", argv[i]);
    say("variable", getenv("ODD"));
    for (char **each = environ; *each; each++) say("all", *each);
    return 0;
  }
  char self[4096] = "";
  readlink("/proc/self/exe", self, sizeof self - 1);
  char *args[] = {"zero", "\xff\x80 x", "", "\xc3", "\xef\xbb\xbfmark", "\xf0\x9f\x98\x80\xed\xa0\x80", NULL};
  char *env[] = {"ODD=abc\xff", "no sign \xfe", "=", NULL};
  int status;
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) _exit(execve(self, args, env));
  waitpid(pid, &status, 0);
  printf("exec %x\n", status);
  fflush(stdout);
  posix_spawn(&pid, self, NULL, NULL, args, env);
  waitpid(pid, &status, 0);
  printf("spawn %x\n", status);
  return 0;
}
