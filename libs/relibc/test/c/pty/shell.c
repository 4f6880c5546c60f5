// A shell behind a terminal, as script(1) has it.
// libraries: -lutil
// shell: yes
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  int master;
  pid_t pid = forkpty(&master, NULL, NULL, NULL);
  if (pid == 0) {
    setenv("PS1", "$ ", 1);
    execl("/bin/sh", "sh", "-c", "test -t 0 && test -t 1 && echo terminal; read line; echo \"<$line>\"; while read -r each; do echo \"$each\"; done; exit 3", NULL);
    _exit(127);
  }
  const char *keys[] = {"first\n", "sec\x7f\x7f\x7fsecond\n", "third\x15" "fourth\n", "\x04"};
  char shown[4096];
  size_t used = 0;
  for (int i = 0;;) {
    struct pollfd p = {master, POLLIN, 0};
    if (poll(&p, 1, i < 4 ? 200 : 5000) == 0) {
      if (i == 4) break;
      write(master, keys[i], strlen(keys[i]));
      i++;
      continue;
    }
    ssize_t n = read(master, shown + used, sizeof shown - used);
    if (n <= 0) {
      printf("%s\n", n < 0 ? strerror(errno) : "end");
      break;
    }
    used += n;
  }
  fwrite(shown, 1, used, stdout);
  int status;
  waitpid(pid, &status, 0);
  printf("%x\n", status);
  return 0;
}
