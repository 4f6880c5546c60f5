// Names that Linux adds: reading and writing at places, entries of folders, sessions, sockets, words and patterns.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <math.h>
#include <mcheck.h>
#include <regex.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <termios.h>
#include <ttyent.h>
#include <unistd.h>

static int listed(const struct dirent *e) { return e->d_name[0] != '.'; }

extern char *re_comp(const char *);
extern int re_exec(const char *);

int main(void) {
  mtrace();
  int fd = creat64("file", 0644);
  write(fd, "0123456789", 10);
  close(fd);
  fd = open("file", O_RDWR);
  char a[4] = "", b[4] = "";
  struct iovec in[] = {{a, 3}, {b, 3}}, out[] = {{"ab", 2}, {"cd", 2}};
  printf("%zd", preadv2(fd, in, 2, 2, 0));
  printf(" %s %s %lld\n", a, b, (long long)lseek(fd, 0, SEEK_CUR));
  printf("%zd", preadv64v2(fd, in, 2, -1, 0));
  printf(" %s %s %lld\n", a, b, (long long)lseek(fd, 0, SEEK_CUR));
  printf("%zd", pwritev2(fd, out, 2, 1, 0));
  printf(" %zd", pwritev64v2(fd, out, 2, -1, 0));
  printf(" %lld\n", (long long)lseek(fd, 0, SEEK_CUR));
  errno = 0;
  printf("%zd", preadv2(fd, in, 2, 0, 0x4000));
  printf(" %d\n", errno);
  char all[16] = "";
  pread(fd, all, 15, 0);
  puts(all);
  printf("%zd", readahead(fd, 0, 10));
  int ends[2];
  pipe(ends);
  printf(" %zd", readahead(ends[0], 0, 10));
  printf(" %d", errno);
  printf(" %zd", readahead(99, 0, 10));
  printf(" %d\n", errno);
  printf("%zd", vmsplice(ends[1], out, 2, 0));
  printf(" %zd %.4s\n", read(ends[0], all, 10), all);
  errno = 0;
  printf("%zd", tee(fd, ends[1], 4, 0));
  printf(" %d\n", errno);

  mkdir("folder", 0777);
  close(open("folder/one", O_CREAT | O_WRONLY, 0666));
  close(open("folder/two", O_CREAT | O_WRONLY, 0666));
  int here = open(".", O_RDONLY | O_DIRECTORY);
  struct dirent **list;
  int count = scandirat(here, "folder", &list, listed, alphasort);
  for (int i = 0; i < count; i++) puts(list[i]->d_name);
  printf("%d", scandirat(here, "nothing", &list, listed, alphasort));
  printf(" %d\n", errno);
  int dir = openat(here, "folder", O_RDONLY | O_DIRECTORY);
  char buffer[1024];
  long got = getdents64(dir, buffer, sizeof buffer);
  int seen = 0;
  for (long at = 0; at < got; at += ((struct dirent64 *)(buffer + at))->d_reclen) seen++;
  printf("%d %zd\n", seen, getdents64(dir, buffer, sizeof buffer));

  errno = 0;
  printf("%d", tcgetsid(fd));
  printf(" %d\n", errno);
  printf("%p %p\n", getttynam("tty1"), getttyent());
  endttyent();
  int pair[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  printf("%d", sockatmark(pair[0]));
  int s = socket(AF_INET, SOCK_STREAM, 0);
  printf(" %d", sockatmark(s));
  errno = 0;
  printf(" %d", sockatmark(fd));
  printf(" %d", errno);
  printf(" %d", sockatmark(99));
  printf(" %d\n", errno);

  posix_spawnattr_t attr;
  struct sched_param p = {5};
  int policy;
  posix_spawnattr_init(&attr);
  posix_spawnattr_setschedparam(&attr, &p);
  posix_spawnattr_setschedpolicy(&attr, SCHED_RR);
  p.sched_priority = 0;
  printf("%d", posix_spawnattr_getschedparam(&attr, &p));
  printf(" %d", posix_spawnattr_getschedpolicy(&attr, &policy));
  printf(" %d %d\n", p.sched_priority, policy);

  const char *words[] = {"a", "a*", "a?", "[a]", "[a", "a]", "]a[", "\\*", "\\[a]", "[\\]", "[a\\]]", "\\", "[]", ""};
  for (int i = 0; i < 14; i++) printf(" %d%d", glob_pattern_p(words[i], 0), glob_pattern_p(words[i], 1));
  puts("");

  char *e = re_comp(NULL);
  puts(e ? e : "none");
  e = re_comp("ab*[0-9]");
  puts(e ? e : "none");
  printf("%d %d %d\n", re_exec("xxabbb7"), re_exec("xxabbb"), re_exec(""));
  e = re_comp(NULL);
  puts(e ? e : "none");
  e = re_comp("[a");
  puts(e ? e : "none");

  double values[] = {1.5, -3, 0, -0.0, INFINITY, -INFINITY, NAN, 1e-310, 1e300}, powers[] = {0, 3, -3, 0.5, INFINITY, -INFINITY, NAN, 5000, -5000};
  for (int i = 0; i < 9; i++) {
    printf("%a:", significand(values[i]));
    for (int j = 0; j < 9; j++) {
      double v = scalb(values[i], powers[j]);
      isnan(v) ? printf(" nan") : printf(" %a", v);
    }
    printf(" %a\n", scalbf(values[i], 2));
  }
  muntrace();
  return 0;
}
