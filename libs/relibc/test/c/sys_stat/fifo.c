#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  char folder[] = "/tmp/fifoXXXXXX", text[64];
  struct stat s;
  mkdtemp(folder);
  chdir(folder);
  umask(022);
  printf("%d", mkfifo("f", 0666));
  stat("f", &s);
  printf(" %o %ld\n", s.st_mode, (long)s.st_size);
  printf("%d %s\n", mkfifo("f", 0666), strerror(errno));
  int dir = open(".", O_DIRECTORY);
  printf("%d %d\n", mkfifoat(dir, "g", 0600), mknodat(dir, "h", S_IFIFO | 0640, 0));
  stat("h", &s);
  printf("%o\n", s.st_mode);
  printf("%d %s\n", open("f", O_WRONLY | O_NONBLOCK), strerror(errno));
  fflush(stdout);
  if (fork() == 0) {
    int w = open("f", O_WRONLY);
    write(w, "through", 7);
    close(w);
    w = open("g", O_WRONLY);
    write(w, "again", 5);
    _exit(0);
  }
  int r = open("f", O_RDONLY);
  int n = read(r, text, sizeof text);
  printf("%d %.*s\n", n, n, text);
  close(r);
  r = open("g", O_RDONLY);
  n = read(r, text, sizeof text);
  printf("%d %.*s\n", n, n, text);
  printf("%zd\n", read(r, text, sizeof text));
  wait(NULL);
  close(r);
  r = open("f", O_RDONLY | O_NONBLOCK);
  printf("%zd\n", read(r, text, sizeof text));
  int w = open("f", O_WRONLY | O_NONBLOCK);
  printf("%zd", read(r, text, sizeof text));
  printf(" %s\n", strerror(errno));
  write(w, "abc", 3);
  struct pollfd p = {r, POLLIN, 0};
  printf("%d %x\n", poll(&p, 1, 0), p.revents);
  fstat(r, &s);
  printf("%d %zd\n", S_ISFIFO(s.st_mode), read(r, text, 2));
  signal(SIGPIPE, SIG_IGN);
  close(r);
  printf("%zd", write(w, "x", 1));
  printf(" %s\n", strerror(errno));
  close(w);
  int both = open("f", O_RDWR);
  write(both, "self", 4);
  printf("%zd\n", read(both, text, 64));
  printf("%ld %s\n", (long)lseek(both, 0, SEEK_CUR), strerror(errno));
  close(both);
  printf("%d %d\n", rename("f", "ff"), unlink("ff"));
  printf("%d %d\n", lchmod("g", 0644), link("g", "g2"));
  stat("g2", &s);
  printf("%o %d\n", s.st_mode, (int)s.st_nlink);
  symlink("g", "l");
  printf("%d %s\n", lchmod("l", 0600), strerror(errno));
  printf("%d %s\n", fchmodat(AT_FDCWD, "l", 0600, AT_SYMLINK_NOFOLLOW), strerror(errno));
  printf("%d\n", fchmodat(AT_FDCWD, "g", 0604, AT_SYMLINK_NOFOLLOW));
  stat("g", &s);
  printf("%o\n", s.st_mode);
  int f = open("plain", O_RDWR | O_CREAT, 0644);
  printf("%d", fallocate(f, 0, 0, 100));
  fstat(f, &s);
  printf(" %ld", (long)s.st_size);
  printf(" %d", fallocate(f, FALLOC_FL_KEEP_SIZE, 0, 1000));
  fstat(f, &s);
  printf(" %ld %d %s\n", (long)s.st_size, fallocate(f, 0, 0, 0), strerror(errno));
  return 0;
}
