// Users and groups that root takes and leaves: what is real, effective and saved, and who may have which.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void show(const char *what, int result) {
  uid_t r, e, s;
  gid_t gr, ge, gs;
  int error = result ? errno : 0;
  getresuid(&r, &e, &s);
  getresgid(&gr, &ge, &gs);
  printf("%s %d %d: %u %u %u, %u %u %u, %u %u %u %u\n", what, result, error, r, e, s, gr, ge, gs, getuid(), geteuid(), getgid(), getegid());
  fflush(stdout);
}

static void apart(void (*body)(void)) {
  fflush(stdout);
  if (fork() == 0) {
    body();
    fflush(stdout);
    _exit(0);
  }
  wait(NULL);
}

static void effective(void) {
  show("setegid", setegid(200));
  show("seteuid", seteuid(100));
  show("seteuid", seteuid(101));
  show("setegid", setegid(201));
  show("setgid", setgid(201));
  show("setgid", setgid(0));
  show("seteuid", seteuid(0));
  show("seteuid", seteuid(-1));
  show("setegid", setegid(-1));
  show("setuid", setuid(-1));
}
static void all(void) {
  show("setgid", setgid(200));
  show("setuid", setuid(100));
  show("seteuid", seteuid(0));
  show("setuid", setuid(0));
  show("setuid", setuid(100));
  show("setgid", setgid(0));
}
static void pairs(void) {
  show("setreuid", setreuid(-1, 100));
  show("setreuid", setreuid(-1, 0));
  show("setreuid", setreuid(100, 0));
  show("setreuid", setreuid(0, 100));
  show("setreuid", setreuid(100, 0));
  show("setregid", setregid(200, 201));
  show("setregid", setregid(201, 200));
  show("setreuid", setreuid(100, 100));
  show("setregid", setregid(201, 201));
  show("setregid", setregid(202, -1));
  show("setregid", setregid(200, -1));
  show("setreuid", setreuid(0, -1));
}
static void triples(void) {
  show("setresgid", setresgid(1, 2, 3));
  show("setresuid", setresuid(10, 20, 0));
  show("setresuid", setresuid(20, 0, -1));
  show("setresuid", setresuid(11, 12, 13));
  show("setresuid", setresuid(12, 13, 11));
  show("setresuid", setresuid(12, 14, 11));
  show("setresgid", setresgid(3, 3, -1));
  show("setresgid", setresgid(1, -1, -1));
  show("setreuid", setreuid(-1, 12));
  int child = fork();
  if (child == 0) {
    show("fork", 0);
    _exit(0);
  }
  wait(NULL);
}

int main(void) {
  show("begin", 0);
  apart(effective);
  apart(all);
  apart(pairs);
  apart(triples);
  show("end", 0);
  return 0;
}
