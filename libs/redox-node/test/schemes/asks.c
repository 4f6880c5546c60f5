// Opens each of its arguments and says how that went; without any, another program does it, which is this one under another name.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(int argc, char **argv) {
  struct stat stat_of;
  if (argc == 1) {
    rename("/program", "/asks");
    execl("/asks", "asks", "/scheme/irq", "/scheme/log/x", "tcp:127.0.0.1:80", "/scheme/nobodys", "/scheme/rand/x", "other:x", "log:x", "log", NULL);
  }
  for (int i = 1; i < argc; i++) printf("%s %d\n", argv[i], open(argv[i], O_RDONLY) < 0 ? errno : 0);
  printf("stat %d\n", stat("/scheme/serio/0", &stat_of) ? errno : 0);
  int made = open("log:x", O_CREAT | O_RDWR, 0600);
  printf("a file's name %d\n", made < 0 ? errno : 0);
  return 0;
}
