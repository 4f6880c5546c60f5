// A session behind a terminal: who has it, who is in the foreground, signals of keys, and the end.
// libraries: -lutil
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

static int master;
static void settle(void) { usleep(100000); }
// What the terminal shows, until it shows `word`.
static void until(const char *word) {
  static char all[8192];
  size_t used = 0;
  all[0] = 0;
  while (!strstr(all, word)) {
    ssize_t n = read(master, all + used, sizeof all - 1 - used);
    if (n <= 0) {
      printf("<%s>", n < 0 ? strerror(errno) : "end");
      break;
    }
    all[used += n] = 0;
  }
  for (char *c = all; *c; c++)
    if (*c != '\r') putchar(*c);
  fflush(stdout);
}
static void type(const char *keys) { write(master, keys, strlen(keys)); }
static volatile sig_atomic_t got;
static void note(int signal) { got = signal; }
static void ended(pid_t pid) {
  int status = 0;
  pid_t who = waitpid(pid, &status, WUNTRACED | WCONTINUED);
  printf("child %d: ", who == pid);
  if (WIFEXITED(status)) printf("exit %d\n", WEXITSTATUS(status));
  else if (WIFSIGNALED(status)) printf("signal %d\n", WTERMSIG(status));
  else if (WIFSTOPPED(status)) printf("stopped %d\n", WSTOPSIG(status));
  else if (WIFCONTINUED(status)) puts("continued");
  fflush(stdout);
}

static int who(void) {
  printf("leads %d, %d %d, foreground %d, session %d\n", getsid(0) == getpid(), isatty(0), isatty(2), tcgetpgrp(0) == getpgrp(), tcgetsid(1) == getsid(0));
  int own = open("/dev/tty", O_RDWR);
  printf("own %d %s %d\n", own > 2, ttyname(own), tcgetpgrp(own) == getpgrp());
  printf("%d", setsid());
  printf(" %s\n", strerror(errno));
  printf("%d\n", ioctl(0, TIOCSCTTY, 0));
  struct winsize w;
  ioctl(0, TIOCGWINSZ, &w);
  printf("%d %d\n", w.ws_row, w.ws_col);
  char line[64];
  printf("name? ");
  fflush(stdout);
  printf("'%s'\n", fgets(line, sizeof line, stdin));
  printf("end %d\n", fgets(line, sizeof line, stdin) == NULL);
  return 7;
}
static int signals(void) {
  struct sigaction a = {.sa_handler = note};
  for (int s = 1; s < 32; s++)
    if (s == SIGINT || s == SIGQUIT || s == SIGWINCH || s == SIGTSTP) sigaction(s, &a, NULL);
  printf("ready\n");
  for (int i = 0; i < 4; i++) {
    char line[16];
    got = 0;
    ssize_t n = read(0, line, sizeof line);
    printf("got %d: %zd %s\n", got, n, n < 0 ? strerror(errno) : "");
  }
  return 0;
}
static int shell(void) {
  // A job of its own group, in the foreground and in the background.
  signal(SIGTTOU, SIG_IGN);
  pid_t job = fork();
  if (job == 0) {
    signal(SIGTTOU, SIG_DFL);
    setpgid(0, 0);
    char line[16];
    printf("job reads\n");
    ssize_t n = read(0, line, sizeof line);
    printf("job read %zd, foreground %d\n", n, tcgetpgrp(0) == getpgrp());
    n = read(0, line, sizeof line);
    printf("job read %zd\n", n);
    exit(3);
  }
  setpgid(job, job);
  ended(job);
  printf("foreground %d", tcsetpgrp(0, job));
  printf(" %d\n", tcgetpgrp(0) == job);
  kill(-job, SIGCONT);
  ended(job);
  ended(job);
  printf("back %d\n", tcsetpgrp(0, getpgrp()));
  kill(-job, SIGCONT);
  ended(job);
  // It is in the background and reads once more.
  ended(job);
  tcsetpgrp(0, job);
  kill(-job, SIGCONT);
  ended(job);
  ended(job);
  tcsetpgrp(0, getpgrp());
  job = fork();
  if (job == 0) {
    signal(SIGTTOU, SIG_DFL);
    setpgid(0, 0);
    struct termios t;
    tcgetattr(0, &t);
    printf("set %d\n", tcsetattr(0, TCSANOW, &t));
    exit(4);
  }
  setpgid(job, job);
  ended(job);
  kill(-job, SIGKILL);
  ended(job);
  printf("no group %d", tcsetpgrp(0, 99999));
  printf(" %s\n", strerror(errno));
  return 5;
}
static int orphan(void) {
  // Its parent is of another session: a key does not stop it, and in the background it can neither read nor be stopped.
  printf("ready\n");
  char line[16];
  printf("read %zd\n", read(0, line, sizeof line));
  pid_t other = fork();
  if (other == 0) {
    setpgid(0, 0);
    pause();
  }
  setpgid(other, other);
  signal(SIGTTOU, SIG_IGN);
  tcsetpgrp(0, other);
  errno = 0;
  printf("read %zd", read(0, line, sizeof line));
  printf(" %s\n", strerror(errno));
  kill(other, SIGKILL);
  wait(NULL);
  printf("loses it %d", ioctl(0, TIOCNOTTY, 0));
  printf(" %d", open("/dev/tty", O_RDWR));
  printf(" %s\n", strerror(errno));
  return 0;
}
static int hang(void) {
  signal(SIGHUP, note);
  signal(SIGCONT, SIG_IGN);
  printf("ready\n");
  pause();
  char c;
  ssize_t n = read(0, &c, 1);
  _exit(got == SIGHUP && n == 0 && write(1, &c, 1) < 0 && errno == EIO ? 9 : 1);
}

static pid_t begin(int (*what)(void)) {
  struct winsize w = {11, 22};
  char name[64];
  fflush(stdout);
  pid_t pid = forkpty(&master, name, NULL, &w);
  if (pid == 0) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    exit(what());
  }
  printf("== %d\n", strncmp(name, "/dev/pts/", 9));
  return pid;
}

int main(void) {
  pid_t pid = begin(who);
  until("name? ");
  type("somebody\n");
  until("'\r");
  type("\x04");
  until("end 1");
  ended(pid);
  until("never");
  puts("");
  close(master);

  pid = begin(signals);
  until("ready");
  settle();
  type("\x03");
  until("got");
  settle();
  type("\x1a");
  until("got");
  settle();
  struct winsize w = {3, 4};
  ioctl(master, TIOCSWINSZ, &w);
  until("got");
  settle();
  type("\x1c");
  until("got");
  ended(pid);
  until("never");
  puts("");
  close(master);

  pid = begin(shell);
  until("stopped");
  settle();
  type("one\n");
  until("job read");
  settle();
  type("\x1a");
  until("back");
  settle();
  type("two\n");
  until("no group");
  ended(pid);
  until("never");
  puts("");
  close(master);

  pid = begin(orphan);
  until("ready");
  settle();
  type("\x1a");
  settle();
  type("x\n");
  until("loses");
  ended(pid);
  until("never");
  puts("");
  close(master);

  pid = begin(hang);
  until("ready");
  settle();
  close(master);
  ended(pid);

  // A leader that ends takes those in the foreground with it.
  int pair[2];
  openpty(&pair[0], &pair[1], NULL, NULL, NULL);
  fflush(stdout);
  pid = fork();
  if (pid == 0) {
    close(pair[0]);
    printf("%d", login_tty(pair[1]));
    fflush(stdout);
    pid_t other = fork();
    if (other == 0) {
      signal(SIGHUP, note);
      printf("waits\n");
      fflush(stdout);
      pause();
      _exit(write(1, "x", 1) < 0 ? 0 : 1);
    }
    usleep(100000);
    exit(6);
  }
  close(pair[1]);
  master = pair[0];
  until("waits");
  ended(pid);
  until("never");
  puts("");
  return 0;
}
