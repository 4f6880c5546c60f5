// Both ends of a terminal: names, modes, size, what is ready, and what is left when one of them goes.
// libraries: -lutil
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

static void said(const char *what, long result) { printf("%s %ld %s\n", what, result, result < 0 ? strerror(errno) : ""); }
static int ready(int fd) {
  struct pollfd p = {fd, POLLIN | POLLOUT | POLLPRI, 0};
  poll(&p, 1, 0);
  return p.revents;
}
static void settle(void) { usleep(100000); }
static void taken(const char *what, int fd) {
  char b[256];
  ssize_t n = read(fd, b, sizeof b);
  printf("%s %zd:", what, n);
  for (ssize_t i = 0; i < n; i++) printf(b[i] >= ' ' && b[i] < 127 ? "%c" : "\\%02x", (unsigned char)b[i]);
  puts(n < 0 ? strerror(errno) : "");
}

int main(void) {
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  struct stat st;
  fstat(master, &st);
  printf("%d %o %u:%u\n", master, st.st_mode & S_IFMT, major(st.st_rdev), minor(st.st_rdev));
  char name[64], small[4];
  printf("%d %d\n", ptsname_r(master, name, sizeof name), strncmp(name, "/dev/pts/", 9));
  printf("%d %d\n", ptsname_r(master, small, sizeof small), ptsname_r(0, name, sizeof name));
  said("locked", open(name, O_RDWR | O_NOCTTY));
  printf("before %x\n", ready(master));
  said("grant", grantpt(master));
  said("unlock", unlockpt(master));
  int pipes[2];
  pipe(pipes);
  said("grant a pipe", grantpt(pipes[0]));
  said("unlock a pipe", unlockpt(pipes[0]));
  said("grant nothing", grantpt(99));
  printf("name of a pipe %p", ptsname(pipes[0]));
  printf(" %s\n", strerror(errno));
  printf("same name %d\n", strcmp(name, ptsname(master)));
  int end = open(name, O_RDWR | O_NOCTTY);
  fstat(end, &st);
  printf("%d %o %u same %d\n", end, st.st_mode & S_IFMT, major(st.st_rdev), minor(st.st_rdev) == atoi(name + 9));
  printf("%d %d %d %x\n", isatty(end), isatty(master), isatty(pipes[0]), fcntl(end, F_GETFL) & (O_ACCMODE | O_NOCTTY | O_NONBLOCK));
  printf("%s %d\n", ttyname(master), strcmp(ttyname(end), name));
  said("group", tcgetpgrp(end));
  said("group of the master", tcgetpgrp(master));
  said("session of the master", tcgetsid(master));
  said("session", tcgetsid(end));

  struct termios t;
  memset(&t, 0xee, sizeof t);
  said("modes", tcgetattr(end, &t));
  printf("%x %x %x %x %d %x %x\n", t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag, t.c_line, t.c_ispeed, t.c_ospeed);
  for (int i = 0; i < NCCS; i++) printf("%x ", t.c_cc[i]);
  puts("");
  t.c_cc[VEOL] = 'z';
  cfsetspeed(&t, B9600);
  said("set", tcsetattr(end, TCSAFLUSH, &t));
  said("of the master", tcgetattr(master, &t));
  printf("%c %x %x\n", t.c_cc[VEOL], cfgetispeed(&t), cfgetospeed(&t));
  said("modes of a pipe", tcgetattr(pipes[0], &t));
  struct winsize w;
  said("size", ioctl(end, TIOCGWINSZ, &w));
  printf("%d %d %d %d\n", w.ws_row, w.ws_col, w.ws_xpixel, w.ws_ypixel);
  w = (struct winsize){24, 80, 1, 2};
  said("size", ioctl(master, TIOCSWINSZ, &w));
  memset(&w, 0, sizeof w);
  said("size", ioctl(end, TIOCGWINSZ, &w));
  printf("%d %d %d %d\n", w.ws_row, w.ws_col, w.ws_xpixel, w.ws_ypixel);
  said("drain", tcdrain(end));
  said("break", tcsendbreak(end, 0));
  said("flush", tcflush(end, 7));
  said("flow", tcflow(end, 9));

  printf("%x %x\n", ready(master), ready(end));
  write(end, "shown\n", 6);
  settle();
  printf("%x %x\n", ready(master), ready(end));
  int waiting = 0;
  ioctl(master, FIONREAD, &waiting);
  printf("waiting %d\n", waiting);
  taken("master", master);
  write(master, "typed", 5);
  settle();
  ioctl(end, FIONREAD, &waiting);
  printf("waiting %d %x\n", waiting, ready(end));
  write(master, "\nmore\n", 6);
  settle();
  ioctl(end, FIONREAD, &waiting);
  printf("waiting %d %x\n", waiting, ready(end));
  taken("end", end);
  taken("end", end);
  taken("echo", master);
  fcntl(end, F_SETFL, O_NONBLOCK);
  taken("nothing", end);
  write(master, "lost\n", 5);
  settle();
  tcflush(end, TCIFLUSH);
  taken("flushed", end);
  taken("echo", master);

  // The terminal is closed and opened again.
  write(end, "last", 4);
  settle();
  close(end);
  printf("closed %x\n", ready(master));
  taken("master", master);
  taken("master", master);
  said("write", write(master, "kept\n", 5));
  settle();
  end = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
  printf("again %x\n", ready(master));
  taken("end", end);
  // The master is.
  close(master);
  settle();
  printf("hung up %x\n", ready(end));
  taken("end", end);
  said("write", write(end, "x", 1));
  said("modes", tcgetattr(end, &t));
  close(end);
  said("gone", open(name, O_RDWR | O_NOCTTY) < 0 ? -1 : 0);

  int pair[2];
  struct termios raw;
  memset(&raw, 0, sizeof raw);
  cfmakeraw(&raw);
  w = (struct winsize){5, 6, 7, 8};
  said("openpty", openpty(&pair[0], &pair[1], name, &raw, &w));
  printf("%d %d\n", strncmp(name, "/dev/pts/", 9), strcmp(ttyname(pair[1]), name));
  tcgetattr(pair[1], &t);
  ioctl(pair[1], TIOCGWINSZ, &w);
  printf("%x %x %x %x %d %d\n", t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag, w.ws_row, w.ws_ypixel);
  write(pair[0], "\x03\r\n\x7f", 4);
  taken("raw", pair[1]);
  write(pair[1], "a\n\tb", 4);
  taken("raw", pair[0]);
  return 0;
}
