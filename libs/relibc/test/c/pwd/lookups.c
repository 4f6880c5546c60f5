// etc: passwd group shells
// Users, groups and shells of the host's own files, by name, by number and in turn.
#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  struct passwd *p, one, *found;
  while ((p = getpwent())) printf("%s:%s:%u:%u:%s:%s:%s\n", p->pw_name, p->pw_passwd, p->pw_uid, p->pw_gid, p->pw_gecos, p->pw_dir, p->pw_shell);
  printf("%d\n", getpwent() == NULL);
  setpwent();
  p = getpwent();
  printf("%s\n", p->pw_name);
  endpwent();
  struct group *g;
  while ((g = getgrent())) {
    printf("%s:%s:%u:", g->gr_name, g->gr_passwd, g->gr_gid);
    for (char **m = g->gr_mem; *m; m++) printf(" %s", *m);
    puts("");
  }
  endgrent();
  p = getpwnam("root");
  g = getgrnam("root");
  printf("%s %u %s %u\n", p->pw_name, p->pw_uid, g->gr_name, g->gr_gid);
  printf("%p %p %p %p\n", getpwnam("nobody there"), getpwuid(4242424), getgrnam(""), getgrgid(4242424));
  char buffer[1024];
  errno = 0;
  printf("%d ", getpwnam_r("root", &one, buffer, 4, &found));
  printf("%p ", found);
  printf("%d ", getpwnam_r("root", &one, buffer, sizeof buffer, &found));
  printf("%d %s ", found == &one, one.pw_dir);
  printf("%d ", getpwnam_r("nobody there", &one, buffer, sizeof buffer, &found));
  printf("%p\n", found);
  setpwent();
  int count = 0, e;
  while ((e = getpwent_r(&one, buffer, sizeof buffer, &found)) == 0) count++;
  printf("%d %d %p\n", count, e, found);

  char *shell;
  while ((shell = getusershell())) puts(shell);
  setusershell();
  shell = getusershell();
  puts(shell ? shell : "none");
  endusershell();

  char name[L_cuserid];
  printf("%d %d\n", cuserid(name) == name, !strncmp(name, getpwuid(geteuid())->pw_name, 8));
  printf("%d\n", cuserid(NULL) != NULL && !strcmp(cuserid(NULL), name));
  printf("%d\n", group_member(4242424));
  printf("%d\n", innetgr("nothing", NULL, "root", NULL));
  char *host, *who, *domain;
  setnetgrent("nothing");
  printf("%d\n", getnetgrent(&host, &who, &domain));
  endnetgrent();

  // Without a terminal a password is a line of standard input.
  fflush(stdout);
  int ends[2];
  pipe(ends);
  write(ends[1], "secret word\nnext\n\n", 18);
  close(ends[1]);
  if (fork() == 0) {
    setsid();
    dup2(ends[0], 0);
    for (int i = 0; i < 4; i++) {
      char *given = getpass("? ");
      printf("[%s]\n", given ? given : "none");
    }
    exit(0);
  }
  int status;
  wait(&status);
  printf("%d\n", status);
  return 0;
}
