// Lines: what is read and what is echoed of what is typed, by mode.
// libraries: -lutil
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static int master, end;
static struct termios fresh;
static void show(const char *what, const unsigned char *b, ssize_t n) {
  printf(" %s", what);
  if (n < 0) {
    printf(" %s", errno == EAGAIN ? "nothing" : strerror(errno));
    return;
  }
  printf(" '");
  for (ssize_t i = 0; i < n; i++) printf(b[i] >= ' ' && b[i] < 127 ? "%c" : "\\%02x", b[i]);
  printf("'");
}
static void drain(const char *what, int fd, size_t size) {
  unsigned char b[8192];
  for (int i = 0; i < 20; i++) {
    ssize_t n = read(fd, b, size);
    show(what, b, n);
    if (n < 0) break;
  }
}
static void typed(const char *what, const char *keys, int length) {
  printf("%s:", what);
  write(master, keys, length);
  usleep(50000);
  drain("echo", master, 8192);
  drain("read", end, 8192);
  puts("");
}
#define TYPE(what, keys) typed(what, keys, sizeof keys - 1)
static void wrote(const char *what, const char *text) {
  printf("%s:", what);
  write(end, text, strlen(text));
  usleep(50000);
  drain("shown", master, 8192);
  puts("");
}
static void mode(int input, int output, int local, int without) {
  struct termios t = fresh;
  t.c_iflag |= input;
  t.c_oflag |= output;
  t.c_lflag |= local;
  t.c_lflag &= ~without;
  tcsetattr(end, TCSAFLUSH, &t);
}

int main(void) {
  openpty(&master, &end, NULL, NULL, NULL);
  fcntl(master, F_SETFL, O_NONBLOCK);
  fcntl(end, F_SETFL, O_NONBLOCK);
  tcgetattr(end, &fresh);
  TYPE("line", "hello\n");
  TYPE("return", "hello\r");
  TYPE("two", "one\ntwo\n");
  TYPE("erase", "abcd\x7f\x7fx\n");
  TYPE("too much", "a\x7f\x7f\x7f" "b\n");
  TYPE("kill", "some words\x15" "other\n");
  TYPE("word", "some words, more  \x17" "x\n");
  TYPE("word twice", "a_b c-d\x17\x17y\n");
  TYPE("control", "a\x01\x02\x7f" "b\n");
  TYPE("tab", "ab\tc\x7f\x7f\x7f" "d\n");
  TYPE("tabs", "a\t\tb\x7f\x7f" "c\n");
  TYPE("tab killed", "ab\tc\x15" "d\n");
  TYPE("literal", "a\x16\x03" "b\x16\n" "c\x16\x7f\n");
  TYPE("reprint", "abc\x12" "d\n");
  TYPE("end", "\x04");
  TYPE("end behind", "abc\x04");
  TYPE("end between", "abc\x04" "def\n\x04\x04g\n");
  TYPE("eight bits", "a\xe9\xff\x80\n");
  TYPE("zero", "a\0b\n");
  TYPE("stop", "a\x13" "b\n");
  TYPE("start", "\x11");
  TYPE("interrupt", "abc\x03" "d\n");
  TYPE("quit", "abc\x1c\x1a" "d\n");
  mode(0, 0, NOFLSH, 0);
  TYPE("not flushed", "abc\x03" "d\n");
  mode(0, 0, 0, ECHOE);
  TYPE("no ECHOE", "abc\x7f\x7f" "d\x17\x15" "e\n");
  mode(0, 0, 0, ECHOKE);
  TYPE("no ECHOKE", "abc\x15" "d\n");
  mode(0, 0, 0, ECHOKE | ECHOK);
  TYPE("no ECHOK", "abc\x15" "d\n");
  mode(0, 0, ECHOPRT, 0);
  TYPE("ECHOPRT", "abc\x7f\x7f" "de\x15" "f\n");
  mode(0, 0, 0, ECHOCTL);
  TYPE("no ECHOCTL", "a\x01\x7f" "b\x03" "c\x16\x01\n");
  mode(0, 0, 0, ECHO);
  TYPE("no ECHO", "abc\x7f\x15xyz\n");
  mode(0, 0, ECHONL, ECHO);
  TYPE("ECHONL", "abc\n");
  mode(0, 0, 0, ISIG);
  TYPE("no ISIG", "a\x03\x1a\n");
  mode(0, 0, 0, IEXTEN);
  TYPE("no IEXTEN", "a b\x16\x17\x12\n");
  mode(IUTF8, 0, 0, 0);
  TYPE("IUTF8", "a\xc3\xa9\xe2\x82\xac\x7f\x7f\x7f" "b\n");
  mode(INLCR | ISTRIP, 0, 0, 0);
  TYPE("INLCR ISTRIP", "a\xe1\n\r");
  mode(IGNCR, 0, 0, 0);
  TYPE("IGNCR", "a\rb\n");
  mode(IUCLC, OLCUC, 0, 0);
  TYPE("IUCLC", "AbC\n");
  mode(PARMRK, 0, 0, 0);
  TYPE("PARMRK", "a\xff\n");
  mode(IXANY, 0, 0, 0);
  TYPE("IXANY", "\x13" "a\n");
  mode(0, XTABS, 0, 0);
  TYPE("XTABS", "a\tb\x7f\x7f\n");
  wrote("XTABS", "ab\t\tc\b\b\b\td\n\te");
  mode(0, 0, 0, 0);
  wrote("plain", "\rab\t\tc\nd\re");
  mode(0, OCRNL, 0, 0);
  wrote("OCRNL", "a\rb\n");
  mode(0, ONOCR, 0, 0);
  wrote("ONOCR", "\r\ra\r\rb\n");
  mode(0, ONLRET, 0, 0);
  wrote("ONLRET", "a\nb\n");
  struct termios t = fresh;
  t.c_oflag &= ~OPOST;
  tcsetattr(end, TCSANOW, &t);
  wrote("no OPOST", "a\nb\r\tc");
  TYPE("no OPOST", "a\tb\n");
  t = fresh;
  t.c_oflag &= ~ONLCR;
  t.c_iflag &= ~ICRNL;
  tcsetattr(end, TCSANOW, &t);
  TYPE("no ONLCR", "a\rb\n");
  t = fresh;
  t.c_cc[VEOL] = ';';
  t.c_cc[VEOL2] = ',';
  t.c_cc[VEOF] = _POSIX_VDISABLE;
  t.c_cc[VINTR] = 'q';
  tcsetattr(end, TCSANOW, &t);
  TYPE("own characters", "ab;c,d\x04" "\0eqf\n");

  // Without lines.
  mode(0, 0, 0, ICANON);
  TYPE("bytes", "ab\x7f\x15\r\n\x04\x03x");
  mode(0, 0, 0, ICANON | ECHO | ISIG);
  TYPE("bytes", "ab\x03\n");
  t = fresh;
  cfmakeraw(&t);
  tcsetattr(end, TCSANOW, &t);
  TYPE("raw", "\x03\x7f\x04\r\n\xff");
  write(master, "12345", 5);
  usleep(50000);
  drain("two", end, 2);
  puts("");
  t.c_cc[VMIN] = 0;
  tcsetattr(end, TCSANOW, &t);
  unsigned char b[64];
  show("min 0", b, read(end, b, sizeof b));
  write(master, "ab", 2);
  usleep(50000);
  show("min 0", b, read(end, b, sizeof b));
  puts("");
  fcntl(end, F_SETFL, 0);
  t.c_cc[VTIME] = 1;
  tcsetattr(end, TCSANOW, &t);
  show("time 1", b, read(end, b, sizeof b));
  write(master, "cd", 2);
  show("time 1", b, read(end, b, sizeof b));
  puts("");
  t.c_cc[VTIME] = 0;
  t.c_cc[VMIN] = 4;
  tcsetattr(end, TCSANOW, &t);
  write(master, "abc", 3);
  usleep(50000);
  int waiting;
  ioctl(end, FIONREAD, &waiting);
  printf("%d", waiting);
  write(master, "de", 2);
  usleep(50000);
  show("min 4", b, read(end, b, sizeof b));
  puts("");
  fcntl(end, F_SETFL, O_NONBLOCK);

  // What waits while the modes change.
  tcsetattr(end, TCSANOW, &fresh);
  write(master, "whole\npart", 10);
  usleep(50000);
  t.c_cc[VMIN] = 1;
  tcsetattr(end, TCSANOW, &t);
  drain("as bytes", end, 64);
  puts("");
  write(master, "bytes", 5);
  usleep(50000);
  tcsetattr(end, TCSANOW, &fresh);
  drain("as line", end, 64);
  puts("");
  write(master, "abcdefgh\n", 9);
  usleep(50000);
  drain("pieces", end, 3);
  write(master, "abc\x04" "def\x04", 8);
  usleep(50000);
  drain("pieces", end, 3);
  drain("", master, 8192);
  puts("");
  // A line that is too long.
  t = fresh;
  t.c_lflag &= ~ECHO;
  tcsetattr(end, TCSANOW, &t);
  char a[1000];
  memset(a, 'a', sizeof a);
  for (int i = 0; i < 5; i++) {
    write(master, a, sizeof a);
    usleep(50000);
  }
  write(master, "b\n", 2);
  usleep(50000);
  char line[8192];
  ssize_t n = read(end, line, sizeof line);
  printf("%zd %c %x\n", n, line[n - 2], line[n - 1]);
  // Output that stands still.
  tcflow(end, TCOOFF);
  show("", b, write(end, "x", 1));
  tcflow(end, TCOON);
  printf(" %zd", write(end, "x", 1));
  usleep(50000);
  drain("", master, 64);
  tcflow(end, TCIOFF);
  tcflow(end, TCION);
  usleep(50000);
  drain("", master, 64);
  puts("");
  return 0;
}
