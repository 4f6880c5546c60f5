#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  Dl_info info;
  int status;
  write(1, "begun\n", 6);
  pid_t child = fork();
  if (child == 0) _exit(dladdr((void *)main, &info) ? 4 : 8);
  waitpid(child, &status, 0);
  write(1, "waited\n", 7);
  return WEXITSTATUS(status);
}
