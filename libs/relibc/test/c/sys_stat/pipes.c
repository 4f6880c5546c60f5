/* Pipes and sockets are files apart from each other, and the ends of a pipe are one. */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static struct stat of(int fd)
{
  struct stat told, named;
  char name[64];
  fstat(fd, &told);
  sprintf(name, "/dev/fd/%d", fd);
  printf("%d", stat(name, &named) == 0 && named.st_ino == told.st_ino && named.st_dev == told.st_dev);
  return told;
}
static void compare(const char *what, int a, int b)
{
  struct stat one = of(a), other = of(b);
  printf(" %s %d\n", what, one.st_dev == other.st_dev && one.st_ino == other.st_ino);
}

int main(void)
{
  int first[2], second[2], pair[2];
  if (pipe(first) != 0 || pipe(second) != 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
    return 1;
  compare("ends of a pipe", first[0], first[1]);
  compare("pipes", first[0], second[0]);
  compare("sockets", pair[0], pair[1]);
  compare("a pipe and a socket", first[0], pair[0]);
  compare("a descriptor and its copy", second[1], dup(second[1]));
  compare("a copied socket", pair[0], dup(pair[0]));
  return 0;
}
