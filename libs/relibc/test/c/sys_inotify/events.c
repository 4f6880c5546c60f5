/* What inotify tells of files and folders, in which order. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int q;
static unsigned cookies[64];
static int known;
static void tell(const char *what, long result) { printf("%s %ld %s\n", what, result, result < 0 ? strerror(errno) : ""); }
/* Cookies by the order in which they come. */
static int cookie(unsigned value) {
  if (value == 0) return 0;
  for (int i = 0; i < known; i++)
    if (cookies[i] == value) return i + 1;
  cookies[known++] = value;
  return known;
}
static void drain(const char *what) {
  char room[8192] __attribute__((aligned(8)));
  struct pollfd p = {q, POLLIN};
  int waiting = 0;
  poll(&p, 1, 0);
  ioctl(q, FIONREAD, &waiting);
  long got = read(q, room, sizeof room);
  printf("%s: poll %x, %d bytes\n", what, p.revents, waiting);
  for (char *at = room; at < room + got;) {
    struct inotify_event *e = (struct inotify_event *)at;
    printf("  %d %x %d %u '%s'\n", e->wd, e->mask, cookie(e->cookie), e->len, e->len ? e->name : "");
    at += sizeof *e + e->len;
  }
}

int main(void) {
  q = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  tell("flags", inotify_init1(1));
  mkdir("d", 0700);
  mkdir("e", 0700);
  tell("d", inotify_add_watch(q, "d", IN_ALL_EVENTS));
  tell("e", inotify_add_watch(q, "e", IN_ALL_EVENTS));
  drain("nothing");
  int f = open("d/file", O_RDWR | O_CREAT, 0600);
  drain("create");
  write(f, "x", 1);
  write(f, "y", 1);
  drain("write");
  char c;
  pread(f, &c, 1, 0);
  drain("read");
  ftruncate(f, 0);
  drain("cut");
  fchmod(f, 0644);
  drain("mode");
  close(dup(f));
  close(f);
  drain("close");
  close(open("d/file", O_RDONLY));
  drain("open to read");
  rename("d/file", "d/other");
  drain("rename");
  rename("d/other", "e/moved");
  drain("move");
  tell("file", inotify_add_watch(q, "e/moved", IN_ALL_EVENTS));
  link("e/moved", "d/hard");
  drain("link");
  unlink("d/hard");
  drain("unlink of two");
  chmod("e/moved", 0600);
  drain("mode");
  unlink("e/moved");
  drain("unlink");
  mkdir("d/sub", 0700);
  drain("folder");
  symlink("x", "d/l");
  drain("link");
  mkfifo("d/p", 0600);
  drain("fifo");
  rmdir("d/sub");
  drain("no folder");
  unlink("d/l");
  unlink("d/p");
  drain("unlink");
  tell("forget", inotify_rm_watch(q, 2));
  drain("forgotten");
  tell("forget", inotify_rm_watch(q, 2));
  tell("no queue", inotify_rm_watch(0, 2));
  tell("no mask", inotify_add_watch(q, "e", 0));
  tell("nothing", inotify_add_watch(q, "none", IN_CREATE));
  tell("less", inotify_add_watch(q, "d", IN_CREATE));
  tell("more", inotify_add_watch(q, "d", IN_ONLYDIR | IN_DELETE | IN_MASK_ADD));
  f = open("d/f", O_CREAT | O_WRONLY, 0600);
  write(f, "a", 1);
  close(f);
  drain("only create");
  tell("a folder", inotify_add_watch(q, "d/f", IN_ONLYDIR | IN_CREATE));
  tell("a new one", inotify_add_watch(q, "d", IN_CREATE | IN_MASK_CREATE));
  tell("once", inotify_add_watch(q, "d/f", IN_ATTRIB | IN_ONESHOT));
  chmod("d/f", 0600);
  chmod("d/f", 0644);
  drain("once");
  tell("all", inotify_add_watch(q, "d", IN_ALL_EVENTS));
  tell("file", inotify_add_watch(q, "d/f", IN_ALL_EVENTS));
  rename("d", "dd");
  drain("its own name");
  f = open("dd/f", O_RDWR);
  unlink("dd/f");
  drain("unlink, open");
  write(f, "x", 1);
  drain("write");
  close(f);
  drain("close");
  rmdir("dd");
  drain("gone");
  mkdir("d", 0700);
  tell("d", inotify_add_watch(q, "d", IN_CREATE | IN_DELETE));
  close(creat("d/longername.............", 0600));
  char room[16];
  tell("too small", read(q, room, sizeof room));
  drain("create");
  unlink("d/longername.............");
  drain("delete");
  rmdir("d");
  drain("gone");
  int g = creat("g", 0600), h = creat("h", 0600);
  tell("g", inotify_add_watch(q, "g", IN_ALL_EVENTS));
  tell("h", inotify_add_watch(q, "h", IN_ALL_EVENTS));
  write(g, "1", 1);
  rename("g", "h");
  drain("replace");
  close(g);
  close(h);
  drain("close");
  utimensat(AT_FDCWD, "h", 0, 0);
  drain("times");
  truncate("h", 3);
  drain("truncate");
  unlink("h");
  drain("unlink");
  return 0;
}
